/**
 * Calls of Python functions through the interpreter's C API: arguments are made where Python has them, and the usual
 * results are read there. To call a proxy of the function, as Pyodide does, costs as much as a short function's work.
 */
import { isAnswer, responseAt } from './answers.mjs';
import { py, u32 } from './interpreter.mjs';
import { passed } from './python.mjs';

const ARGUMENTS = 8;
const WORD = 4;
/** Vectorcall: the callee may use the place before the first argument. */
const OFFSET = 0x80000000;

/** Whether Python may wait on the stack, as Pyodide's glue keeps it. @type {{value: boolean}} */
let waits;
/** @type {(error: unknown) => void} */
let fatal;

/** @param {any} Module the interpreter to call from now on @param {any} API */
export function attach(Module, API) {
  waits = Module.validSuspender;
  fatal = API.maybe_fatal_error;
}

/**
 * A Python function, as a function of JavaScript that lives as long as the interpreter.
 * @param {number} address of the function
 * @returns {(...args: any[]) => any} it takes what Pyodide would convert; it returns undefined for None, a Response for a
 *   tuple (see answers.mjs), and for the rest what Pyodide makes of it
 */
export const caller = address => (...args) => call(address, args);

/** @param {number} address @param {unknown[]} args at most 7 @returns {any} */
function call(address, args) {
  const stack = py.stackSave();
  const place = py.stackAlloc(ARGUMENTS * WORD) + WORD;
  for (let i = 0; i < args.length; i++) {
    const made = passed(args[i]);
    u32()[(place >>> 2) + i] = made;
  }
  const result = vectorcall(address, place, args.length);
  for (let i = 0; i < args.length; i++) py._Py_DecRef(u32()[(place >>> 2) + i]);
  py.stackRestore(stack);
  if (!result) py._pythonexc2js();
  if (result === py.__Py_NoneStruct) return undefined;
  if (result === py.__Py_TrueStruct) return true;
  if (result === py.__Py_FalseStruct) return false;
  const found = isAnswer(result) ? responseAt(result) : py._python2js(result);
  py._Py_DecRef(result);
  return found;
}

/** @param {number} address @param {number} place of the arguments @param {number} count @returns {number} */
function vectorcall(address, place, count) {
  const outer = waits.value;
  try {
    py._check_gil();
    // This stack cannot be put aside.
    waits.value = false;
    return py._PyObject_Vectorcall(address, place, (count | OFFSET) >>> 0, 0);
  } catch (error) {
    fatal(error);
    throw error;
  } finally {
    waits.value = outer;
  }
}
