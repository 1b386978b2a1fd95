/**
 * From wasm modules to a live interpreter: fresh while building, restored from the image in production.
 */
import createPyodideModule from './pyodide.asm.mjs';
import { attach } from './ffi.mjs';
import * as host from './host.mjs';
import { mount, section } from './bundlefs.mjs';

const HOME = '/home/pyodide';
/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

/**
 * @typedef {object} Parts
 * @property {WebAssembly.Module} main the interpreter
 * @property {WebAssembly.Module} sentinel Pyodide's tiny module that makes and tests its error value
 * @property {WebAssembly.Module} files the bundle's files, see bundlefs.mjs
 * @property {Map<string, WebAssembly.Module>} extensions extension modules by path
 * @property {Record<string, string>} env Python's environment
 * @property {WebAssembly.Module} [image] the heap; without it the interpreter starts from nothing
 */

/**
 * @typedef {object} Memory what stands beside the heap in an image, see snapshot.mjs
 * @property {number} size bytes of the heap
 * @property {number} table length of the function table
 * @property {number} data where the interpreter's own data end in memory; its variables without a value follow
 * @property {number} bss where these end; the stack follows
 * @property {object} references Pyodide's table of JS objects
 * @property {host.Extension[]} extensions
 * @property {host.Symbol_[]} symbols
 */

/**
 * Start an interpreter. Never keeps a second copy of the heap.
 * @param {Parts} parts
 * @param {{onFatal: (error: Error) => void, begin?: (Module: any, API: any) => void}} options `begin` runs before Pyodide's Python
 * @returns {Promise<{Module: any, API: any, python: any}>} `python` is the public API of Pyodide
 */
export async function boot(parts, { onFatal, begin }) {
  host.reset();
  host.policy.modules = parts.extensions;
  /** @type {Memory | undefined} */
  const memory = parts.image && JSON.parse(new TextDecoder().decode(section(parts.image, 'memory')));
  host.policy.placed = memory?.extensions ?? [];
  // Emscripten looks for it to tell a worker from a window.
  Object.assign(globalThis, { WorkerGlobalScope: globalThis.WorkerGlobalScope ?? {} });
  const env = { HOME, PYTHONINSPECT: '1', ...parts.env };
  const config = {
    jsglobals: globalThis, env, args: [], packages: [], enableRunUntilComplete: true, lockFileURL: '',
    _makeSnapshot: !memory,
  };
  const API = /** @type {any} */ ({ config, runtimeEnv: { IN_WORKERD: true, IN_BROWSER: true }, on_fatal: onFatal });
  const Module = await createPyodideModule({
    API,
    arguments: [],
    noInitialRun: Boolean(memory),
    noImageDecoding: true,
    noAudioDecoding: true,
    print: console.log,
    printErr: console.error,
    locateFile: (/** @type {string} */ name) => name,
    preRun: [(/** @type {any} */ Module) => prepare(Module, API, parts.files, env)],
    instantiateWasm(/** @type {any} */ imports, /** @type {Function} */ done) {
      Object.assign(imports.env, new WebAssembly.Instance(parts.sentinel).exports);
      const instance = new WebAssembly.Instance(parts.main, imports);
      if (memory) supplyData(instance.exports, /** @type {WebAssembly.Module} */ (parts.image), memory);
      done(instance, parts.main);
      return instance.exports;
    },
  });
  if (memory) restore(Module, /** @type {WebAssembly.Module} */ (parts.image), memory);
  attach(Module, API);
  begin?.(Module, API);
  const python = API.finalizeBootstrap(memory?.references);
  API.initializeStreams(undefined, console.log, console.error);
  return { Module, API, python };
}

/** @param {any} Module @param {any} API @param {WebAssembly.Module} files @param {Record<string, string>} env */
function prepare(Module, API, files, env) {
  const version = Module.HEAPU32[Module._Py_Version >>> 2];
  API.pyVersionTuple = [version >>> 24, (version >>> 16) & 255, (version >>> 8) & 255];
  API.sitePackages = `/lib/python${API.pyVersionTuple[0]}.${API.pyVersionTuple[1]}/site-packages`;
  mount(Module, files);
  Module.FS.mkdirTree(HOME);
  Module.FS.chdir(HOME);
  Object.assign(Module.ENV, env);
}

/**
 * Give the interpreter its data, which its module in a bundle has not: constructors read them. What is no data must be as
 * if nothing had run yet, or the constructors would leave out what they do outside of the memory.
 * @param {any} exports of the interpreter @param {WebAssembly.Module} image @param {Memory} found
 */
function supplyData({ memory, emscripten_get_sbrk_ptr, __heap_base }, image, { size, data, bss }) {
  memory.grow((size - memory.buffer.byteLength) / PAGE);
  new WebAssembly.Instance(image, { env: { memory } });
  new Uint8Array(memory.buffer).fill(0, data, bss);
  new Uint32Array(memory.buffer)[emscripten_get_sbrk_ptr() >>> 2] = __heap_base.value;
}

/**
 * Put the image into memory once more. What constructors and relocations of this start have written is cleared first: the
 * image holds no zeros. The stack is left alone, nothing on it is alive.
 * @param {any} Module @param {WebAssembly.Module} image @param {Memory} found
 */
function restore(Module, image, { table, bss, extensions, symbols }) {
  const heap = Module._emscripten_stack_get_base();
  for (const { name, handle, global, nodelete } of extensions) {
    Module.loadDynamicLibrary(name, { global, nodelete }, global ? null : {}, 0);
    Module.LDSO.loadedLibsByHandle[handle] = Module.LDSO.loadedLibsByName[name];
  }
  host.growTable(Module.wasmTable, table, 'the image');
  for (const { library, symbol, slot } of symbols) {
    Module.setWasmTableEntry(slot, Module.LDSO.loadedLibsByName[library].exports[symbol]);
  }
  Module.HEAPU8.fill(0, 0, bss);
  Module.HEAPU8.fill(0, heap, Module._sbrk(0));
  for (const { memory, size } of extensions) Module.HEAPU8.fill(0, memory, memory + size);
  new WebAssembly.Instance(image, { env: { memory: Module.memory } });
  host.checkPlaces(Module.HEAPU32, extensions);
}
