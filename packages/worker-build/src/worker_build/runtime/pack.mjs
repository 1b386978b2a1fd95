/**
 * JavaScript values to Python: writes what `marshal.loads` reads, so that CPython makes a whole tree in one call.
 *
 * Plain objects, arrays, maps, sets, text, numbers and bytes are written. A date, and whatever stays a JavaScript object,
 * becomes a complex number, which JavaScript has none of: `(milliseconds, 0)` and `(place in the list of things, 1)`.
 */
import { MAX_DEPTH } from './unpack.mjs';

const encoder = new TextEncoder();
const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);

/** One tree on its way. Getters may call Python, and Python may pack: the state is put aside meanwhile. */
let bytes = new Uint8Array(8192);
let at = 0;
/** @type {Map<string, number>} texts of this tree that have a number */ let known = new Map();
/** @type {unknown[]} */ let things = [];
let marked = false;
let busy = false;

/** A tree that is nested too deeply, or contains itself. */
export class TooDeep extends Error {}

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
 * @param {unknown} value
 * @returns {{ bytes: Uint8Array, marked: boolean, things: unknown[] }} `bytes` is valid until the next call; `marked` says
 *   that there are complex numbers to replace
 */
export function pack(value) {
  const outer = busy ? { bytes, at, known, things, marked } : null;
  if (outer) bytes = new Uint8Array(8192);
  at = 0;
  known = new Map();
  things = [];
  marked = false;
  busy = true;
  try {
    write(value, 0);
    return { bytes: bytes.subarray(0, at), marked, things };
  } finally {
    known = new Map();
    things = [];
    if (outer) ({ bytes, at, known, things, marked } = outer);
    else busy = false;
    // One large value shall not cost memory for ever.
    if (!outer && bytes.length > 1 << 20) bytes = new Uint8Array(8192);
  }
}

/** @param {number} more */
function reserve(more) {
  if (at + more <= bytes.length) return;
  const larger = new Uint8Array(Math.max(bytes.length * 2, at + more));
  larger.set(bytes.subarray(0, at));
  bytes = larger;
}

/** @param {number} number */
function int32(number) {
  bytes[at] = number;
  bytes[at + 1] = number >>> 8;
  bytes[at + 2] = number >>> 16;
  bytes[at + 3] = number >>> 24;
  at += 4;
}

/** @param {number} number */
function float64(number) {
  float[0] = number;
  for (let i = 0; i < 8; i++) bytes[at++] = floatBytes[i];
}

/** @param {number} real @param {number} imaginary */
function mark(real, imaginary) {
  marked = true;
  bytes[at++] = 0x79; // y
  float64(real);
  float64(imaginary);
}

/** @param {number} value */
function number(value) {
  if ((value | 0) === value && !Object.is(value, -0)) {
    bytes[at++] = 0x69; // i
    int32(value);
  } else if (Number.isSafeInteger(value) && value !== 0) long(BigInt(value));
  else {
    bytes[at++] = 0x67; // g
    float64(value);
  }
}

/** @param {bigint} value */
function long(value) {
  let rest = value < 0n ? -value : value;
  /** @type {number[]} */
  const digits = [];
  for (; rest; rest >>= 15n) digits.push(Number(rest & 32767n));
  reserve(5 + 2 * digits.length);
  bytes[at++] = 0x6c; // l
  int32(value < 0n ? -digits.length : digits.length);
  for (const digit of digits) {
    bytes[at++] = digit;
    bytes[at++] = digit >>> 8;
  }
}

/** @param {string} value @param {number} flag 0x80 gives it the next number */
function text(value, flag) {
  const length = value.length;
  reserve(6 + 3 * length);
  if (length < 48) {
    let i = 0;
    for (; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) break;
      bytes[at + 2 + i] = code;
    }
    if (i === length) {
      bytes[at] = 0x7a | flag; // z
      bytes[at + 1] = length;
      at += 2 + length;
      return;
    }
  }
  const start = at;
  at += 5;
  if (value.isWellFormed()) at += encoder.encodeInto(value, bytes.subarray(at)).written;
  else for (const character of value) surrogates(character);
  const size = at - start - 5;
  at = start;
  bytes[at++] = (size === length ? 0x61 : 0x75) | flag; // a, u
  int32(size);
  at += size;
}

/** One character as UTF-8, and a lone surrogate in the way of Python's `surrogatepass`. @param {string} character */
function surrogates(character) {
  const code = /** @type {number} */ (character.codePointAt(0));
  if (code < 0xd800 || code > 0xdfff) {
    at += encoder.encodeInto(character, bytes.subarray(at)).written;
    return;
  }
  bytes[at++] = 0xe0 | (code >> 12);
  bytes[at++] = 0x80 | ((code >> 6) & 63);
  bytes[at++] = 0x80 | (code & 63);
}

/** A key, written once for all objects of the tree. @param {string} value */
function name(value) {
  const place = known.get(value);
  if (place === undefined) {
    known.set(value, known.size);
    text(value, 0x80);
    return;
  }
  reserve(5);
  bytes[at++] = 0x72; // r
  int32(place);
}

/** @param {Uint8Array} value */
function binary(value) {
  reserve(5 + value.length);
  bytes[at++] = 0x73; // s
  int32(value.length);
  bytes.set(value, at);
  at += value.length;
}

/** @param {number} tag @param {ArrayLike<unknown>} values @param {number} depth */
function list(tag, values, depth) {
  bytes[at++] = tag;
  int32(values.length);
  for (let i = 0; i < values.length; i++) write(values[i], depth + 1);
}

/** @param {object} value @param {number} depth */
function object(value, depth) {
  const prototype = Object.getPrototypeOf(value);
  if (depth > MAX_DEPTH) throw new TooDeep();
  if (Array.isArray(value)) list(0x5b, value, depth); // [
  else if (prototype === Object.prototype || prototype === null) {
    bytes[at++] = 0x7b; // {
    const plain = /** @type {Record<string, unknown>} */ (value);
    for (const key of Object.keys(plain)) {
      name(key);
      write(plain[key], depth + 1);
    }
    reserve(1);
    bytes[at++] = 0x30;
  } else if (prototype === Date.prototype) mark(/** @type {Date} */ (value).getTime(), 0);
  else if (value instanceof Map && prototype === Map.prototype) {
    bytes[at++] = 0x7b;
    for (const [key, item] of value) {
      if (typeof key === 'string') name(key);
      else write(key, depth + 1);
      write(item, depth + 1);
    }
    reserve(1);
    bytes[at++] = 0x30;
  } else if (value instanceof Set && prototype === Set.prototype) list(0x3c, [...value], depth); // <
  else if (value instanceof ArrayBuffer) binary(new Uint8Array(value));
  else if (ArrayBuffer.isView(value)) view(value, depth);
  else mark(things.push(value) - 1, 1);
}

/** Bytes are bytes; arrays of other numbers are lists of them. @param {ArrayBufferView} value @param {number} depth */
function view(value, depth) {
  if (value instanceof Uint8Array || value instanceof Uint8ClampedArray || value instanceof DataView) {
    binary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else list(0x5b, /** @type {any} */ (value), depth);
}

/** @param {unknown} value @param {number} depth */
function write(value, depth) {
  reserve(32);
  switch (typeof value) {
    case 'string': text(value, 0); break;
    case 'number': number(value); break;
    case 'boolean': bytes[at++] = value ? 0x54 : 0x46; break; // T, F
    case 'undefined': bytes[at++] = 0x4e; break; // N
    case 'bigint': long(value); break;
    case 'object':
      if (value === null) bytes[at++] = 0x4e;
      else object(value, depth);
      break;
    default: mark(things.push(value) - 1, 1);
  }
}
