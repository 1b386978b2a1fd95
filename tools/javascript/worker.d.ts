// What the modules that a build generates export, and what our JavaScript puts on `globalThis`.

/** Pyodide's glue, patched. */
declare module '*/pyodide.asm.mjs' {
  export default function createPyodideModule(settings: object): Promise<any>;
}

/** See `parts_text` in interpreter.py. */
declare module '*/parts.mjs' {
  export const parts: import('../../packages/worker-build/src/worker_build/runtime/boot.mjs').Parts;
  export const signal: WebAssembly.Module;
  /** The small modules that Python's start compiled, by the hex of their bytes. */
  export const modules: Map<string, WebAssembly.Module>;
}

/** See `modules_text` in interpreter.py. */
declare module '*/modules.mjs' {
  export const javascript: Record<string, object>;
}

/** `bytecode.py` and `snapshot.py` as texts. */
declare module '*/bootstrap.mjs' {
  export const begin: string;
  export const bootstrap: string;
}

/** Bytecode of sources, only while building. */
declare module '*/bytecode.wasm' {
  const files: WebAssembly.Module;
  export default files;
}

declare var WorkerGlobalScope: unknown;
/** Draws of entropy while the app was imported: see snapshot.mjs. */
declare var entropyDrawn: number | undefined;
