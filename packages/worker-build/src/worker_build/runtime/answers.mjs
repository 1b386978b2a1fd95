/**
 * Responses that Python answers with, read where they lie: a tuple of the status, the headers as one text (see
 * response.mjs), and the body.
 */
import { py, typeOf, u32, u8 } from './interpreter.mjs';
import { pairs } from './response.mjs';

/** Bytes from which on a body of text is copied as it is; a shorter one is quicker read as text. */
const LONG = 128;
const MAX_HEADS = 64;

const decoder = new TextDecoder();

/** Headers that many responses share. */
class Head {
  /** By status, a response that has them, to make others from: the platform copies it in one step. @type {Map<number, Response>} */
  #models = new Map();

  /** @param {string} flat */
  constructor(flat) {
    this.lines = pairs(flat);
    // The platform would name a type for text; a response that names none has none.
    this.typed = /(^|\n)content-type\n/i.test(flat);
    this.met = false;
  }

  /** @param {number} status @param {string | Uint8Array<ArrayBuffer> | null} body */
  response(status, body) {
    if (this.met) return new Response(body, this.#model(status));
    this.met = true;
    return this.#filled(new Response(body, { status }));
  }

  /** @param {number} status */
  #model(status) {
    let model = this.#models.get(status);
    if (!model) this.#models.set(status, (model = this.#filled(new Response(null, { status }))));
    return model;
  }

  /** One by one: to read them out of an array takes the platform twice as long. @param {Response} response */
  #filled(response) {
    const { headers } = response;
    for (const [name, value] of this.lines) headers.append(name, value);
    return response;
  }
}

/** @type {Map<string, Head>} */
const heads = new Map();
/** The same by the address of Python's text, which is kept alive: what most workers answer with is a constant of theirs. @type {Map<number, Head>} */
const places = new Map();

/** Another interpreter is alive. */
export function forget() {
  places.clear();
}

/** Whether a Python object is a response. @param {number} address */
export const isAnswer = address => typeOf(address) === py._PyTuple_Type;

/** @param {number} address of the tuple */
export function responseAt(address) {
  const status = py._PyLong_AsLong(py._PyTuple_GetItem(address, 0));
  const head = headAt(py._PyTuple_GetItem(address, 1));
  const body = py._PyTuple_GetItem(address, 2);
  // Text of a first one goes as bytes, for which the platform names no type.
  return head.response(status, bodyAt(body, head.typed && head.met));
}

/** @param {number} text @returns {Head} */
function headAt(text) {
  let head = places.get(text);
  if (!head) {
    if (places.size >= MAX_HEADS) {
      for (const old of places.keys()) py._Py_DecRef(old);
      places.clear();
    }
    head = headOf(textAt(text));
    places.set(text, head);
    py._Py_IncRef(text);
  }
  return head;
}

/** @param {string} flat */
function headOf(flat) {
  let head = heads.get(flat);
  if (!head) {
    if (heads.size >= MAX_HEADS) heads.clear();
    heads.set(flat, (head = new Head(flat)));
  }
  return head;
}

/** @param {number} text */
function textAt(text) {
  const { start, end } = utf8At(text);
  return decoder.decode(u8().subarray(start, end));
}

/** Bytes, or text that is ASCII. @param {number} body @param {boolean} typed */
function bodyAt(body, typed) {
  if (typeOf(body) === py._PyBytes_Type) {
    const start = py._PyBytes_AsString(body);
    return u8().slice(start, start + py._PyBytes_Size(body));
  }
  const { start, end } = utf8At(body);
  if (typed && end - start < LONG) {
    return String.fromCharCode.apply(null, /** @type {any} */ (u8().subarray(start, end)));
  }
  return u8().slice(start, end);
}

/** Where the UTF-8 of a text lies. @param {number} text */
function utf8At(text) {
  const stack = py.stackSave();
  const size = py.stackAlloc(4);
  const start = py._PyUnicode_AsUTF8AndSize(text, size);
  const end = start + u32()[size >>> 2];
  py.stackRestore(stack);
  return { start, end };
}
