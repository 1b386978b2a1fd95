/**
 * Python values to JavaScript: reads what `marshal.dumps(value, 4)` has written.
 *
 * CPython writes a whole tree in one call, typed and exact, and JavaScript reads it where it lies, in the interpreter's
 * memory. One crossing takes the place of several for every value of the tree.
 */

/** Levels of nesting that cross, in both directions. */
export const MAX_DEPTH = 200;

/** Thrown and caught here: what makes the value unfit is found and named by Python, which has the time then. */
const unfit = new Error('unfit');

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @type {Uint8Array} */ let bytes;
let at = 0;
/** @type {unknown[]} */ let refs = [];
/** @type {unknown[] | null} */ let things = null;
let bigints = false;

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);

/**
 * @param {Uint8Array} heap the interpreter's memory
 * @param {number} address where the bytes begin
 * @param {boolean} allowBigInt integers beyond the safe ones become BigInt; otherwise they are unfit
 * @param {unknown[] | null} live what complex numbers may stand for; null when there are none, and any is unfit
 * @returns {unknown} undefined when the value is unfit to cross
 */
export function unpack(heap, address, allowBigInt, live) {
  bytes = heap;
  at = address;
  refs = [];
  things = live;
  bigints = allowBigInt;
  try {
    return value(0);
  } catch (error) {
    if (error === unfit || error instanceof TypeError) return undefined;
    throw error;
  } finally {
    refs = [];
    things = null;
  }
}

function int32() {
  const number = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  at += 4;
  return number;
}

function float64() {
  for (let i = 0; i < 8; i++) floatBytes[i] = bytes[at + i];
  at += 8;
  return float[0];
}

/** An integer of `size` digits to the base 2^15. */
function long() {
  const size = int32();
  const count = Math.abs(size);
  let number = 0;
  if (count <= 4) {
    for (let i = count - 1; i >= 0; i--) number = number * 32768 + (bytes[at + 2 * i] | (bytes[at + 2 * i + 1] << 8));
    if (number <= Number.MAX_SAFE_INTEGER) {
      at += 2 * count;
      return size < 0 ? -number : number;
    }
  }
  if (!bigints) throw unfit;
  let big = 0n;
  for (let i = count - 1; i >= 0; i--) big = (big << 15n) | BigInt(bytes[at + 2 * i] | (bytes[at + 2 * i + 1] << 8));
  at += 2 * count;
  return size < 0 ? -big : big;
}

/** @param {number} length */
function ascii(length) {
  const end = at + length;
  if (length > 24) return decoded(length);
  let text = '';
  while (at < end) text += String.fromCharCode(bytes[at++]);
  return text;
}

/** @param {number} length */
function decoded(length) {
  const start = at;
  at += length;
  return utf8.decode(bytes.subarray(start, at));
}

/** @param {number} length @param {number} depth @param {number} flag */
function list(length, depth, flag) {
  /** @type {unknown[]} */
  const array = [];
  if (flag) refs.push(unfit);
  const slot = refs.length - 1;
  for (let i = 0; i < length; i++) array.push(value(depth + 1));
  if (flag) refs[slot] = array;
  return array;
}

/** @param {number} depth @param {number} flag */
function dict(depth, flag) {
  /** @type {Record<string, unknown>} */
  const object = {};
  if (flag) refs.push(unfit);
  const slot = refs.length - 1;
  while (bytes[at] !== 0x30) {
    const key = value(depth + 1);
    if (typeof key !== 'string') throw unfit;
    if (key === '__proto__') Object.defineProperty(object, key, { value: value(depth + 1), configurable: true, enumerable: true, writable: true });
    else object[key] = value(depth + 1);
  }
  at++;
  if (flag) refs[slot] = object;
  return object;
}

/**
 * @param {number} depth
 * @returns {unknown}
 */
function value(depth) {
  const flag = bytes[at] & 0x80;
  const tag = bytes[at++] & 0x7f;
  let result;
  switch (tag) {
    case 0x4e: return null; // N
    case 0x54: return true; // T
    case 0x46: return false; // F
    case 0x7a: case 0x5a: result = ascii(bytes[at++]); break; // z, Z: short ASCII
    case 0x69: result = int32(); break; // i
    case 0x67: result = float64(); break; // g
    case 0x72: // r: what stands in an earlier place
      result = refs[int32()];
      if (result === unfit) throw unfit;
      return result;
    case 0x7b: if (depth > MAX_DEPTH) throw unfit; return dict(depth, flag); // {
    case 0x5b: case 0x28: if (depth > MAX_DEPTH) throw unfit; return list(int32(), depth, flag); // [, (
    case 0x29: if (depth > MAX_DEPTH) throw unfit; return list(bytes[at++], depth, flag); // ): small tuple
    case 0x3c: case 0x3e: { // <, >
      if (depth > MAX_DEPTH) throw unfit;
      const slot = refs.length;
      result = new Set(list(int32(), depth, flag));
      if (flag) refs[slot] = result;
      return result;
    }
    case 0x61: case 0x41: result = ascii(int32()); break; // a, A: ASCII
    case 0x75: case 0x74: result = decoded(int32()); break; // u, t: UTF-8; a lone surrogate is a TypeError
    case 0x6c: result = long(); break; // l
    case 0x73: { // s
      const length = int32();
      result = bytes.slice(at, at + length);
      at += length;
      break;
    }
    case 0x79: { // y: complex, which Python's half writes for what marshal does not know
      if (!things) throw unfit;
      const real = float64();
      result = float64() === 0 ? new Date(real) : things[real];
      break;
    }
    default: throw unfit;
  }
  if (flag) refs.push(result);
  return result;
}
