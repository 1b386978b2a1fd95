/**
 * The build worker: starts the interpreter in workerd's global scope, imports the app, and hands out the image.
 *
 * What production has, the app has here: the platform's own globals, and its own refusals of timers and I/O at import.
 * Three things are lent while the interpreter itself starts: a clock that moves the same way in every build, entropy
 * that is the same in every build (and gone before the app is imported), and wasm compiled from bytes.
 */
import { boot } from './boot.mjs';
import * as host from './host.mjs';
import './helpers.mjs';
import { bootstrap } from './bootstrap.mjs';
import { parts } from './parts.mjs';

/** @type {Set<string>} the hex of each small module compiled */
const compiled = new Set();
let clock = Date.UTC(2020, 0, 1);
let seed = 1;
let lending = true;

host.policy.compile = bytes => {
  compiled.add(host.hex(bytes));
  // The platform's declarations have no constructor: only building may compile.
  return new (/** @type {any} */ (WebAssembly).Module)(bytes);
};
host.policy.now = () => clock++;
host.policy.random = view => {
  const bytes = /** @type {Uint8Array} */ (view);
  // A fixed sequence (xorshift32): every draw of the interpreter's own start is made anew in production.
  for (let i = 0; i < bytes.length; i++) {
    seed ^= seed << 13; seed ^= seed >>> 17; seed ^= seed << 5;
    bytes[i] = seed & 255;
  }
  if (!lending) globalThis.entropyDrawn = (globalThis.entropyDrawn ?? 0) + 1;
  return view;
};

/** @type {{error: any} | {answer: any, heap: Uint8Array}} */
let outcome;
try {
  outcome = await take();
} catch (error) {
  outcome = { error: { kind: 'internal', message: String(/** @type {any} */ (error)?.stack ?? error) } };
}

async function take() {
  /** @type {Error | undefined} */
  let fatal;
  const { Module, API, python } = await boot(parts, { onFatal: error => { fatal = error; } });
  const step = (/** @type {string} */ name) => python.pyimport('_worker_snapshot')[name]();
  Module.FS.mkdirTree('/tmp');
  python.runPython(bootstrap);
  lending = false;
  const found = JSON.parse(step('load'));
  if (fatal) throw fatal;
  if (found.error) return { error: found.error };
  const problems = /** @type {string[]} */ ([]);
  step('tidy');
  const references = API.serializeHiwireState((/** @type {any} */ value) => {
    problems.push(Object.prototype.toString.call(value));
    return { lost: true };
  });
  if (problems.length) return { error: { kind: 'reference', ...JSON.parse(step('references')), objects: problems } };
  clearFree(Module);
  const memory = {
    size: Module.HEAPU8.length,
    table: Module.wasmTable.length,
    references,
    extensions: host.loaded.extensions,
    symbols: host.loaded.symbols,
  };
  return { answer: { ...found, memory, wasm: [...compiled].sort() }, heap: Module.HEAPU8 };
}

/**
 * Overwrite with zeros what the heap does not use: freed blocks and the stack below its pointer. The image holds no zeros.
 * @param {any} Module
 */
function clearFree(Module) {
  const limit = host.heapLimit;
  host.limitHeap(Module.HEAPU8.length);
  /** @type {number[]} */
  const blocks = [];
  for (let size = 2 ** 24; size >= 16; size /= 2) {
    for (let block; (block = Module._malloc(size)); blocks.push(block)) Module.HEAPU8.fill(0, block, block + size);
  }
  blocks.forEach(block => Module._free(block));
  Module.HEAPU8.fill(0, Module._emscripten_stack_get_end(), Module._emscripten_stack_get_current());
  host.limitHeap(limit);
}

/** Four bytes of length, that much JSON, then the heap. */
export default {
  fetch() {
    const { heap, ...rest } = /** @type {any} */ ({ heap: new Uint8Array(), ...outcome });
    const json = new TextEncoder().encode(JSON.stringify(rest));
    const length = new Uint8Array(new Uint32Array([json.length]).buffer);
    const { readable, writable } = new FixedLengthStream(4 + json.length + heap.length);
    const writer = writable.getWriter();
    Promise.all([writer.write(length), writer.write(json), writer.write(heap.slice()), writer.close()]).catch(console.error);
    return new Response(readable);
  },
};
