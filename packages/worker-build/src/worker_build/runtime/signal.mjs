/**
 * The runtime's CPU signal: it finds the module by its exported globals and writes into its memory.
 */
import { signal } from './parts.mjs';

const { memory } = /** @type {{memory: WebAssembly.Memory}} */ (/** @type {unknown} */ (new WebAssembly.Instance(signal).exports));
const words = new Uint32Array(memory.buffer);

/** 0xFFFF until the runtime has registered it, then 0, or the number of the signal that was sent. */
export const cpuSignal = () => words[0];
