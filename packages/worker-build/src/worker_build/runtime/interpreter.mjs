/**
 * The interpreter that is alive: its memory, and what our runtime calls of its C API.
 */

/** Looked up once: the interpreter's own object of all exports is too large to look things up in quickly. */
const CALLED = [
  '_PyObject_Vectorcall',
  '_PyErr_Clear',
  '_pythonexc2js',
  '_check_gil',
  '_js2python',
  '_python2js',
  '_Py_IncRef',
  '_Py_DecRef',
  '_PyLong_AsLong',
  '_PyLong_FromLong',
  '_PyLong_FromDouble',
  '_PyLong_FromString',
  '_PyFloat_FromDouble',
  '_PyComplex_FromDoubles',
  '_PyUnicode_FromStringAndSize',
  '_PyUnicode_AsUTF8AndSize',
  '_PyBytes_FromStringAndSize',
  '_PyBytes_AsString',
  '_PyBytes_Size',
  '_PyTuple_GetItem',
  '_PyDict_New',
  '_PyDict_SetItem',
  '_PyList_New',
  '_PyList_SetItem',
  '_PyList_Append',
  '_PySet_New',
  '_PySet_Add',
  '_PyBytes_Type',
  '_PyTuple_Type',
  '__Py_NoneStruct',
  '__Py_TrueStruct',
  '__Py_FalseStruct',
  '_malloc',
  '_free',
  'stackSave',
  'stackAlloc',
  'stackRestore',
];

/** The Emscripten module. @type {any} */
let Module = null;
/** Functions of the C API, and addresses of objects. @type {any} */
export let py = null;
/** @type {Uint8Array} */
let bytes;
/** @type {Uint32Array} */
let words;

/** @param {any} interpreter the one to work with from now on */
export function attach(interpreter) {
  Module = interpreter;
  py = Object.fromEntries(CALLED.map(name => [name, Module[name]]));
  look();
}

function look() {
  bytes = Module.HEAPU8;
  words = Module.HEAPU32;
}

/** The memory as bytes: ask again after each call, for an old view is empty once the memory has grown. */
export function u8() {
  if (bytes.length === 0) look();
  return bytes;
}

/** The memory as words of 4 bytes. */
export function u32() {
  if (words.length === 0) look();
  return words;
}

/** The address of an object's type. @param {number} object */
export const typeOf = object => u32()[(object >>> 2) + 1];
