/**
 * The JavaScript half of the gate: what `worker_sys` calls. Python's half is `convert.py`, `errors.py` and `calls.py`.
 *
 * Values cross through the interpreter's memory: see unpack.mjs, to JavaScript, and python.mjs, to Python.
 */
import { MAX_DEPTH, unpack } from './unpack.mjs';
import * as answers from './answers.mjs';
import * as calling from './calling.mjs';
import * as memory from './interpreter.mjs';
import * as python from './python.mjs';
import { TooDeep, Unhashable, append, isData } from './python.mjs';

/** The Emscripten module of the interpreter that is alive. @type {any} */
let interpreter = null;
/** @type {{Module: any, API: any}} */
let attached;
/** The list of Python that `reader` appends to: its address, which Python tells; 0 until then. */
let place = 0;
/** Whether Python objects held by JavaScript are counted. */
let counting = false;

/** Errors of one cause chain that cross. */
const MAX_CAUSES = 16;

/**
 * Tell the gate whose memory to read: called by the boot for every new interpreter, before Python code of ours runs.
 * @param {any} Module @param {any} API
 */
export function attach(Module, API) {
  interpreter = Module;
  attached = { Module, API };
  memory.attach(Module);
  calling.attach(Module, API);
  answers.forget();
  python.forget();
  place = 0;
  counting = false;
  // null is None, in this package and in every callback.
  API.setCompatNullToNone(true);
}

/**
 * The JavaScript value of marshalled bytes; undefined when it is unfit to cross.
 * @param {number} address @param {boolean} bigints @param {boolean} [marked] complex numbers
 * stand for dates and things @param {unknown[]} things
 */
export function build(address, bigints, marked, ...things) {
  return unpack(memory.u8(), address, bigints, marked ? things : null);
}

/** A copy of Python's bytes. @param {number} address @param {number} length */
export function copy(address, length) {
  return memory.u8().slice(address, address + length);
}

/** What `reader` answers. */
const OPAQUE = 0;
const MADE = 1;
const MARKED = 2;
const BINARY = -1;
const UNPLACED = -2;

/** Tell where Python takes what is made: a list, which lives from now on. @param {number} list its address */
export function takeAt(list) {
  interpreter._Py_IncRef(list);
  place = list;
}

/** An object with a `get`, which Python calls as `reader[value]`: an item crosses in half the time of a call. */
export const reader = { get: read };

/**
 * Make the Python value, and append it to the list of Python.
 * @param {unknown} value
 * @returns {number} 0: it stays a JavaScript object; 1: made; 2: made, with dates and errors left to Python's half; -1: it is a
 *   buffer, which Pyodide copies best; -2: the list is not known yet
 */
function read(value) {
  if (!place) return UNPLACED;
  if (!isData(value)) return OPAQUE;
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return BINARY;
  try {
    return append(value, place) ? MARKED : MADE;
  } catch (error) {
    if (error instanceof TooDeep) throw refused(value);
    if (error instanceof Unhashable) throw conversionError('a key of a Map or a member of a Set that Python cannot hash', '$');
    throw error;
  }
}

/** Why a tree did not cross, and where: it contains itself, or is nested too deeply. @param {unknown} root */
function refused(root) {
  /** @type {unknown[]} */ const above = [];
  /** @param {unknown} value @param {string} path @returns {Error | undefined} */
  const search = (value, path) => {
    if (typeof value !== 'object' || value === null || !isData(value) || ArrayBuffer.isView(value)) return undefined;
    if (above.includes(value)) return conversionError('a JavaScript object that contains itself has no Python value', path);
    if (above.length > MAX_DEPTH) return conversionError(`a value may be nested at most ${MAX_DEPTH} levels deep`, path);
    above.push(value);
    const entries = value instanceof Map ? [...value] : value instanceof Set ? [...value].entries() : Object.entries(value);
    for (const [key, item] of entries) {
      const found = search(item, Array.isArray(value) || value instanceof Set ? `${path}[${key}]` : `${path}.${String(key)}`);
      if (found) return found;
    }
    above.pop();
    return undefined;
  };
  return search(root, '$') ?? conversionError('the value changed while it was read', '$');
}

/** @param {string} message @param {string} path */
function conversionError(message, path) {
  const sentence = path === '$' ? message : `${message}, at ${path}`;
  return Object.assign(new TypeError(sentence), { python: { type: 'worker_sys.errors:ConversionError', args: [sentence], state: { path } } });
}

/**
 * An error and its causes, for Python.
 * @param {any} error whatever was thrown
 */
export function describe(error) {
  const chain = [];
  for (let link = error; link !== undefined && link !== null && chain.length < MAX_CAUSES; link = link.cause) {
    chain.push(told(link));
    if (typeof link !== 'object') break;
  }
  return chain;
}

/** @param {any} error */
function told(error) {
  /** @param {string} key */
  const own = key => {
    try {
      return error[key];
    } catch {
      return undefined;
    }
  };
  const [name, message, code, stack, python] = ['name', 'message', 'code', 'stack', 'python'].map(own);
  if (typeof error !== 'object' || typeof message !== 'string') {
    return { name: '', message: String(error), code: null, stack: null, named: false, python: null };
  }
  const native = name === 'PythonError';
  return {
    name: String(name ?? 'Error'),
    message: native ? message.trim().split('\n').at(-1) : message,
    // The codes of DOMException are numbers that its names have replaced.
    code: typeof code === 'string' || (typeof code === 'number' && !(error instanceof DOMException)) ? code : null,
    stack: typeof stack === 'string' ? stack : null,
    // Over RPC, older compatibility dates keep the text `Name: message` of an error alone.
    named: native || (own('remote') === true && (name === 'Error' || name === undefined)),
    python: typeof python === 'object' ? python : null,
  };
}

/**
 * The JavaScript error for a Python exception.
 * @param {string} name @param {string} message @param {string | null} stack @param {string | number | null} code
 * @param {object | null} python what makes it the same exception again @param {Error | null} cause
 */
export function makeError(name, message, stack, code, python, cause) {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (stack) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  // Enumerable, `cause` too: RPC carries these properties, and no others.
  return Object.assign(error, cause ? { cause } : null, code === undefined || code === null ? null : { code }, python ? { python } : null);
}

/**
 * Call a method. In one step, because Python's view of an object hides some of its methods behind its own (`get`, `pop`).
 * @param {any} target @param {string} method @param {unknown[]} args
 */
export function invoke(target, method, ...args) {
  if (method === 'new') return new target(...args);
  return target[method](...args);
}

/** A property of an object, for those that are promises. @param {any} target @param {string} name */
export const property = (target, name) => target[name];

/** @param {unknown} value */
export const isFunction = value => typeof value === 'function';

/** What a Python function returns to throw: its own exceptions would come out as Pyodide's errors. */
class Failed {
  /** @param {Error} error */
  constructor(error) {
    this.error = error;
  }
}

/** @param {Error} error */
export const failed = error => new Failed(error);

/**
 * A function of Python, as a function of JavaScript.
 * @param {any} callable @param {boolean} once let go of it after the first call
 */
export function lend(callable, once) {
  return (/** @type {unknown[]} */ ...args) => {
    try {
      const result = callable(...args);
      if (result instanceof Failed) throw result.error;
      return result;
    } finally {
      if (once) callable.destroy();
    }
  };
}

/** The address of a Python function, which lives until it is let go. @param {any} callable */
export function hold(callable) {
  const address = attached.Module.PyProxy_getPtr(callable);
  attached.Module._Py_IncRef(address);
  return address;
}

/** @param {number} address */
export const letGo = address => attached.Module._Py_DecRef(address);

/**
 * Call a Python function on a stack that may wait, now: no other Python may be on the stack. It raises nothing and returns nothing.
 * Pyodide's own way (`callPromising`) would begin with a turn of the event loop.
 * @param {number} address the function @param {unknown[]} args
 */
export async function onStack(address, ...args) {
  const { Module, API } = attached;
  const raised = Module._malloc(4);
  const outer = Module.validSuspender.value;
  try {
    Module.enterTask();
    Module.validSuspender.value = false;
    await Module.promisingApply(address, args, args.length, [], 0, raised);
    Module.validSuspender.value = outer;
  } catch (error) {
    API.fatal_error(error);
  } finally {
    Module._free(raised);
  }
}

/** A promise and what settles it, for a coroutine that a callback began. */
export const deferred = () => Promise.withResolvers();

/**
 * References across the border: JavaScript objects that Python holds, and Python objects that JavaScript holds (of those made
 * since the first call).
 */
export function live() {
  if (!counting) interpreter.enable_pyproxy_allocation_tracing();
  counting = true;
  return [interpreter._hiwire_num_refs(), interpreter.pyproxy_alloc_map.size];
}
