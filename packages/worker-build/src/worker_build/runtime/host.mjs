/**
 * What the patched glue of Pyodide asks of the worker it lives in: compiled wasm, extension modules at fixed places,
 * a clock, entropy, and the count of promises that Python waits for. `patches.py` says where each is called from.
 *
 * Building and running differ only in the policy that `boot.mjs` installs here.
 */

/**
 * @typedef {object} Extension
 * @property {string} name @property {number} handle @property {boolean} global @property {boolean} nodelete
 * @property {number} memory address of the block that was allocated for its data @property {number} size bytes of it
 * @property {number} table length of the function table before it
 * @property {number} base address of its data @property {number} slot of its first function in the table; 0 of none
 */
/** @typedef {{library: string, symbol: string, slot: number}} Symbol_ */

/** Bytes that the heap may grow to. The platform ends an isolate at 128 MB, heap and JavaScript together. */
export let heapLimit = 112 * 2 ** 20;

/** @type {{
 *   compile: (bytes: Uint8Array) => WebAssembly.Module,
 *   modules: Map<string, WebAssembly.Module>,
 *   placed: Extension[],
 *   random: (view: Uint8Array) => unknown,
 *   now: () => number,
 *   read: () => number,
 *   awaiting: () => () => void,
 *   entering: () => (call: () => any) => any,
 *   leaving: () => unknown,
 *   arriving: (left: any) => void,
 *   dead: () => boolean,
 * }} */
export const policy = {
  compile: refuseWasm,
  modules: new Map(),
  placed: [],
  random: view => crypto.getRandomValues(view),
  now: () => Date.now(),
  read: () => Date.now(),
  awaiting: () => () => {},
  entering: () => call => call(),
  leaving: () => null,
  arriving: () => {},
  dead: () => false,
};

/** Extensions in the order in which they were loaded, and the table slots that `dlsym` took: the image needs both. */
export const loaded = /** @type {{extensions: Extension[], symbols: Symbol_[]}} */ ({ extensions: [], symbols: [] });

/** @param {number} bytes */
export function limitHeap(bytes) {
  heapLimit = bytes;
}

/** Forget what an earlier instance in this isolate has loaded. */
export function reset() {
  loaded.extensions.length = loaded.symbols.length = 0;
}

/** @param {Uint8Array | WebAssembly.Module} source @returns {WebAssembly.Module} */
export function compile(source) {
  return source instanceof WebAssembly.Module ? source : policy.compile(source);
}

/** @param {Uint8Array} bytes @returns {WebAssembly.Module} */
function refuseWasm(bytes) {
  throw new Error(`this build holds no wasm module for ${bytes.length} bytes that Python asked for: ${hex(bytes).slice(0, 160)}`);
}

/** @param {Uint8Array} bytes */
export const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

/** @param {string} path */
export const extension = path => policy.modules.get(path);

/** @param {string} name @param {number} handle @param {{global?: boolean, nodelete?: boolean}} flags */
export function extensionLoading(name, handle, { global = false, nodelete = false }) {
  loaded.extensions.push({ name, handle, global, nodelete, memory: 0, table: 0, size: 0, base: 0, slot: 0 });
}

/**
 * Where an extension's data goes. Building, the allocator says; restoring, it goes where it was while building, since
 * the pointers of the image point there. The table is brought to the length that it had.
 * @param {string} name @param {WebAssembly.Table} table @param {number} size @param {(size: number) => number} allocate
 */
export function extensionMemory(name, table, size, allocate) {
  const seen = policy.placed.find(placed => placed.name === name);
  const entry = loaded.extensions.find(entry => entry.name === name);
  if (!seen) {
    const memory = allocate(size);
    if (entry) Object.assign(entry, { memory, size, table: table.length });
    return memory;
  }
  growTable(table, seen.table, name);
  if (size !== seen.size) throw new Error(`${name} asks for ${size} bytes of data, and had ${seen.size} while building: build again`);
  return seen.memory;
}

/** Where an extension is put, once that is decided. @param {string} name @param {number} base @param {number} slot */
export function extensionPlaced(name, base, slot) {
  const entry = loaded.extensions.find(entry => entry.name === name);
  if (entry) Object.assign(entry, { base, slot });
}

/** Where `struct dso`, Emscripten's own record of a library in the heap, has these. */
const BASE = 12, SLOT = 20;

/**
 * Hold the places of the extensions against those that the image itself remembers: pointers of the image go there.
 * @param {Uint32Array} heap with the image in it @param {Extension[]} placed
 */
export function checkPlaces(heap, placed) {
  for (const { name, handle } of placed) {
    const entry = loaded.extensions.find(entry => entry.name === name);
    const [base, slot] = [heap[handle + BASE >>> 2], heap[handle + SLOT >>> 2]];
    if (entry?.base !== base) throw new Error(`${name} has its data at address ${entry?.base}, and had them at ${base} while building: build again`);
    if (entry.slot !== slot) throw new Error(`${name} has its functions at ${entry.slot} of the table, and had them at ${slot} while building: build again`);
  }
}

/** @param {WebAssembly.Table} table @param {number} length @param {string} what */
export function growTable(table, length, what) {
  if (table.length > length) throw new Error(`the function table has ${table.length} entries before ${what}, and had ${length} while building: build again`);
  table.grow(length - table.length);
}

/** @param {string} library @param {string} symbol @param {number} slot */
export function extensionSymbol(library, symbol, slot) {
  loaded.symbols.push({ library, symbol, slot });
}

/** What the glue keeps of Python, by the module that it is. */
const DOORS = {
  pyodide_base: '_pyodide._base', pyodide_py: 'pyodide', pyodide_code: 'pyodide.code', pyodide_ffi: 'pyodide.ffi',
  package_loader: 'pyodide._package_loader', importlib: 'importlib', sys: 'sys', os: 'os',
};

/**
 * Let the glue of a restored interpreter find what its bootstrap would have fetched, each when it is asked for first.
 * @param {any} API @param {any} api Pyodide's public one @param {(main: any, builtins: any) => any} wrapGlobals
 */
export function openLazily(API, api, wrapGlobals) {
  const door = (/** @type {object} */ owner, /** @type {string} */ name, /** @type {() => any} */ open) =>
    Object.defineProperty(owner, name, {
      configurable: true, enumerable: true,
      get() {
        const value = open();
        Object.defineProperty(owner, name, { value, configurable: true, enumerable: true, writable: true });
        return value;
      },
    });
  for (const [name, module] of Object.entries(DOORS)) door(API, name, () => API._pyodide._base.pyimport_impl(module));
  door(API, 'runPythonInternal_dict', () => API._pyodide._base.eval_code('{}'));
  door(API, 'globals', () => wrapGlobals(
    API.runPythonInternal('import __main__; __main__.__dict__'), API.runPythonInternal('import builtins; builtins.__dict__')));
  door(API, 'sitepackages', () => API.package_loader.SITE_PACKAGES.__str__());
  door(API, 'dsodir', () => API.package_loader.DSO_DIR.__str__());
  door(API, 'defaultLdLibraryPath', () => [API.dsodir, API.sitepackages]);
  door(api, 'pyodide_py', () => API.pyodide_py);
  door(api, 'globals', () => API.globals);
}

export const now = () => policy.now();

/** The clock for Python and extension modules. */
export const readClock = () => policy.read();

/** @param {Uint8Array} view */
export const fillRandom = view => policy.random(view);

/** Called once for each promise that Python starts to wait for; the result is called when it has settled. */
export const awaiting = () => policy.awaiting();

/** Called when a call that may wait is asked for; the result runs it, once the stack is empty. */
export const entering = () => policy.entering();

/** Called when a stack is put aside to wait; the result goes to `arriving` when it goes on. */
export const leaving = () => policy.leaving();

/** Called when that stack is whole again. @param {unknown} left */
export const arriving = left => policy.arriving(left);

/** @param {string} source @returns {never} */
export function noEval(source) {
  throw new Error(`a worker may not evaluate JavaScript source: ${String(source).slice(0, 80)}`);
}

/** Node's and browsers' ways of the glue to load code. @param {string} name @returns {never} */
export function noImport(name) {
  throw new Error(`a worker has no module ${name} to import at run time`);
}

/**
 * The platform's own, where it has one (compatibility dates from 2025-05-05 on), and silent once the instance is
 * dead: a callback into an aborted interpreter would report a second fatal error.
 */
export class FinalizationRegistry {
  #registry;
  /** @param {(held: any) => void} callback */
  constructor(callback) {
    const Registry = globalThis.FinalizationRegistry;
    const isDead = policy.dead;
    this.#registry = Registry && new Registry(held => isDead() || callback(held));
  }
  /** @param {object} target @param {any} held @param {object} [token] */
  register(target, held, token) {
    this.#registry?.register(target, held, token);
  }
  /** @param {object} token */
  unregister(token) {
    this.#registry?.unregister(token);
  }
}
