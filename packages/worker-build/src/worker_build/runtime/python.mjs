/**
 * JavaScript values to Python objects, made where they stand through the interpreter's C API: for the usual tree that is a
 * few calls a value, and no crossing at all between the first and the last.
 *
 * Plain objects, arrays, maps, sets, text, numbers and bytes are made. A date becomes a complex number, which JavaScript has
 * none of, and Python's half makes a date of it; whatever has a class stays a JavaScript object.
 */
import { py, u8 } from './interpreter.mjs';
import { MAX_DEPTH } from './unpack.mjs';

const encoder = new TextEncoder();
const SCRATCH = 2048;
const MAX_NAMES = 1024;

/** Where short texts are put together, on the stack, while a tree is made. */
let scratch = 0;
/** Something in the tree is left to Python's half: a date, an error. */
let marked = false;
/** Python's text of the keys met, each made once; rows of a table share theirs. @type {Map<string, number>} */
const names = new Map();

/** A tree that is nested too deeply, or contains itself. */
export class TooDeep extends Error {}
/** A key of a Map, or a member of a Set, that Python cannot hash. */
export class Unhashable extends Error {}

/** Another interpreter is alive. */
export function forget() {
  names.clear();
}

/**
 * Whether a value crosses by itself: everything else stays a JavaScript object.
 * @param {unknown} value
 */
export function isData(value) {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value) || prototype === Date.prototype ||
    prototype === Map.prototype || prototype === Set.prototype || ArrayBuffer.isView(value) || prototype === ArrayBuffer.prototype;
}

/**
 * Make a value, and append it to a list of Python.
 * @param {unknown} value @param {number} list the list's address
 * @returns {boolean} whether there are marks left in it
 */
export function append(value, list) {
  // A getter may convert too.
  const outer = { scratch, marked };
  const stack = py.stackSave();
  scratch = py.stackAlloc(SCRATCH);
  marked = false;
  try {
    const made = make(value, 0);
    const failed = py._PyList_Append(list, made);
    py._Py_DecRef(made);
    if (failed) throw memoryError();
    return marked;
  } finally {
    py.stackRestore(stack);
    ({ scratch, marked } = outer);
  }
}

function memoryError() {
  py._PyErr_Clear();
  return new RangeError('Python has no memory left for this value');
}

/** @param {number} made @returns {number} */
function checked(made) {
  if (!made) throw memoryError();
  return made;
}

/**
 * A new reference to what a Python function gets for an argument: as Pyodide passes it, text and small numbers alone are data.
 * @param {unknown} value @returns {number}
 */
export function passed(value) {
  if (typeof value === 'number' && (value | 0) === value) return checked(py._PyLong_FromLong(value));
  if (typeof value !== 'string') return checked(py._js2python(value));
  const outer = scratch;
  const stack = py.stackSave();
  scratch = py.stackAlloc(SCRATCH);
  const made = text(value);
  py.stackRestore(stack);
  scratch = outer;
  return made;
}

/**
 * A new reference to the Python object of a value.
 * @param {unknown} value @param {number} depth @returns {number}
 */
function make(value, depth) {
  switch (typeof value) {
    case 'string': return text(value);
    case 'number': return number(value);
    // None, True and False are immortal.
    case 'boolean': return value ? py.__Py_TrueStruct : py.__Py_FalseStruct;
    case 'undefined': return py.__Py_NoneStruct;
    case 'bigint': return bigint(value);
    case 'object': return value === null ? py.__Py_NoneStruct : object(value, depth);
    default: return checked(py._js2python(value));
  }
}

/** @param {number} value */
function number(value) {
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) return checked(py._PyLong_FromLong(value));
  if (Number.isSafeInteger(value) && value !== 0) return checked(py._PyLong_FromDouble(value));
  return checked(py._PyFloat_FromDouble(value));
}

/** @param {string} value */
function text(value) {
  const length = value.length;
  if (length > SCRATCH) return longText(value);
  const heap = u8();
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code > 127) return longText(value);
    heap[scratch + i] = code;
  }
  return checked(py._PyUnicode_FromStringAndSize(scratch, length));
}

/** @param {string} value */
function longText(value) {
  // JavaScript's text may hold half of a surrogate pair, and Python's too: UTF-16 says both.
  if (!value.isWellFormed()) return checked(py._js2python(value));
  const bytes = encoder.encode(value);
  const place = checked(py._malloc(bytes.length));
  u8().set(bytes, place);
  const made = py._PyUnicode_FromStringAndSize(place, bytes.length);
  py._free(place);
  return checked(made);
}

/** @param {bigint} value */
function bigint(value) {
  const digits = encoder.encode(`${value.toString(16)}\0`);
  const place = checked(py._malloc(digits.length));
  u8().set(digits, place);
  const made = py._PyLong_FromString(place, 0, 16);
  py._free(place);
  return checked(made);
}

/** A borrowed reference to the text of a key. @param {string} key */
function name(key) {
  let made = names.get(key);
  if (made === undefined) {
    if (names.size >= MAX_NAMES) {
      for (const old of names.values()) py._Py_DecRef(old);
      names.clear();
    }
    made = text(key);
    names.set(key, made);
  }
  return made;
}

/** @param {object} value @param {number} depth @returns {number} */
function object(value, depth) {
  if (depth > MAX_DEPTH) throw new TooDeep();
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return dict(/** @type {any} */ (value), depth);
  if (Array.isArray(value)) return list(value, depth);
  if (prototype === Date.prototype) {
    marked = true;
    return checked(py._PyComplex_FromDoubles(/** @type {Date} */ (value).getTime(), 0));
  }
  if (prototype === Map.prototype) return map(/** @type {Map<unknown, unknown>} */ (value), depth);
  if (prototype === Set.prototype) return set(/** @type {Set<unknown>} */ (value), depth);
  if (value instanceof ArrayBuffer) return binary(new Uint8Array(value));
  if (value instanceof Uint8Array || value instanceof Uint8ClampedArray || value instanceof DataView) {
    return binary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  // Bytes are bytes; arrays of other numbers are lists of them.
  if (ArrayBuffer.isView(value)) return list(/** @type {any} */ (value), depth);
  if (value instanceof Error) marked = true;
  return checked(py._js2python(value));
}

/** A container goes when something in it cannot be made. @param {number} container @param {unknown} error @returns {never} */
function dropped(container, error) {
  py._Py_DecRef(container);
  throw error;
}

/** @param {Record<string, unknown>} value @param {number} depth */
function dict(value, depth) {
  const made = checked(py._PyDict_New());
  try {
    for (const key of Object.keys(value)) {
      const item = make(value[key], depth + 1);
      const failed = py._PyDict_SetItem(made, name(key), item);
      py._Py_DecRef(item);
      if (failed) throw memoryError();
    }
    return made;
  } catch (error) {
    return dropped(made, error);
  }
}

/** @param {ArrayLike<unknown>} value @param {number} depth */
function list(value, depth) {
  const made = checked(py._PyList_New(value.length));
  try {
    for (let i = 0; i < value.length; i++) py._PyList_SetItem(made, i, make(value[i], depth + 1));
    return made;
  } catch (error) {
    return dropped(made, error);
  }
}

/** @param {Map<unknown, unknown>} value @param {number} depth */
function map(value, depth) {
  const made = checked(py._PyDict_New());
  try {
    for (const [key, item] of value) {
      const itemMade = make(item, depth + 1);
      let keyMade;
      try {
        keyMade = make(key, depth + 1);
      } catch (error) {
        return dropped(itemMade, error);
      }
      const failed = py._PyDict_SetItem(made, keyMade, itemMade);
      py._Py_DecRef(keyMade);
      py._Py_DecRef(itemMade);
      if (failed) throw unhashable();
    }
    return made;
  } catch (error) {
    return dropped(made, error);
  }
}

/** @param {Set<unknown>} value @param {number} depth */
function set(value, depth) {
  const made = checked(py._PySet_New(0));
  try {
    for (const item of value) {
      const itemMade = make(item, depth + 1);
      const failed = py._PySet_Add(made, itemMade);
      py._Py_DecRef(itemMade);
      if (failed) throw unhashable();
    }
    return made;
  } catch (error) {
    return dropped(made, error);
  }
}

function unhashable() {
  py._PyErr_Clear();
  return new Unhashable();
}

/** @param {Uint8Array} value */
function binary(value) {
  const made = checked(py._PyBytes_FromStringAndSize(0, value.length));
  u8().set(value, py._PyBytes_AsString(made));
  return made;
}
