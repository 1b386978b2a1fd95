/**
 * The JavaScript half of the gate (`worker_sys.convert`, `worker_sys.errors`): a value crosses as one JSON text, with
 * what JSON cannot say beside it. In such a text a string that begins with NUL is a place in that list, and a string
 * that begins with NUL or a space has one more space in front.
 */

const MARK = '\0';

/** @param {string} text @param {any[]} leaves */
export function build(text, leaves) {
  return JSON.parse(text, (_, value) =>
    typeof value !== 'string' ? value : value[0] === MARK ? leaves[Number(value.slice(1))] : value[0] === ' ' && (value[1] === ' ' || value[1] === MARK) ? value.slice(1) : value);
}

/** @param {any} value Whether JSON says exactly this value. @returns {boolean} */
function isPlain(value, depth = 0) {
  switch (typeof value) {
    case 'string': return true;
    case 'boolean': return true;
    case 'number': return Number.isInteger(value) ? Number.isSafeInteger(value) && !Object.is(value, -0) : Number.isFinite(value);
    case 'object': {
      if (value === null) return true;
      if (depth > 100) return false;
      if (Array.isArray(value)) {
        for (const item of value) if (!isPlain(item, depth + 1)) return false;
        return true;
      }
      if (!isRecord(value) || 'toJSON' in value) return false;
      for (const key in value) if (!isPlain(value[key], depth + 1)) return false;
      return true;
    }
  }
  return false;
}

/** @param {object} value */
function isRecord(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || (prototype.constructor?.name === 'Object' && Object.getPrototypeOf(prototype) === null);
}

/**
 * A value as Python takes it apart: JSON text, or text with leaves, or nothing where the object has a class.
 * @param {any} value
 */
export function pack(value) {
  if (isPlain(value)) return JSON.stringify(value);
  /** @type {string[]} */ const kinds = [];
  /** @type {any[]} */ const leaves = [];
  const seen = new Set();
  const mark = (/** @type {string} */ kind, /** @type {any} */ leaf) => {
    kinds.push(kind);
    leaves.push(leaf);
    return MARK + (leaves.length - 1);
  };
  const walk = (/** @type {any} */ item) => {
    switch (typeof item) {
      case 'string': return item[0] === MARK || item[0] === ' ' ? ' ' + item : item;
      case 'undefined': return null;
      case 'boolean': return item;
      case 'number': return isPlain(item) ? item : mark('number', item);
      case 'bigint': return mark('bigint', item);
      case 'function': case 'symbol': return mark('proxy', item);
    }
    if (item === null) return null;
    if (item instanceof Date) return mark('date', item.getTime());
    if (item instanceof ArrayBuffer) return mark('bytes', new Uint8Array(item));
    if (ArrayBuffer.isView(item)) return mark('bytes', new Uint8Array(item.buffer, item.byteOffset, item.byteLength));
    if (item instanceof Set) return mark('set', [...item]);
    if (item instanceof Error) return mark('error', item);
    if (!Array.isArray(item) && !(item instanceof Map) && !isRecord(item)) return mark('proxy', item);
    if (seen.has(item)) throw new TypeError('the value contains itself');
    seen.add(item);
    try {
      if (Array.isArray(item)) return item.map(walk);
      const entries = item instanceof Map ? [...item] : Object.entries(item);
      return Object.fromEntries(entries.map(([key, member]) => [String(key), walk(member)]));
    } finally {
      seen.delete(item);
    }
  };
  const tree = walk(value);
  if (leaves.length === 1 && kinds[0] === 'proxy' && leaves[0] === value) return undefined;
  return { text: JSON.stringify(tree), kinds: kinds.join(), leaves };
}

/** @param {unknown} value */
export const isFunction = value => typeof value === 'function';

/** A property of an object, for those that are promises. @param {any} target @param {string} name */
export const property = (target, name) => target[name];

/**
 * What Python must know of something thrown, and of its causes, as JSON.
 * @param {any} error @param {number} most
 */
export function errorFacts(error, most) {
  const facts = [];
  for (let current = error; current != null && facts.length < most; current = current.cause) {
    const isError = current instanceof Error || (typeof current === 'object' && 'message' in current);
    facts.push({
      name: String((isError && current.name) || 'Error'),
      code: isError && typeof current.code === 'string' ? current.code : '',
      message: isError ? String(current.message) : String(current),
      stack: isError ? String(current.stack ?? '') : '',
      python: typeof current.python === 'string' ? current.python : '',
    });
    if (!isError) break;
  }
  return JSON.stringify(facts);
}

/** An Error for a Python exception and its causes. @param {string} json */
export function makeError(json) {
  /** @type {any} */
  let made;
  for (const { name, code, message, stack, python } of JSON.parse(json).reverse()) {
    const error = new Error(message, made ? { cause: made } : undefined);
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
    Object.defineProperty(error, 'stack', { value: stack || error.stack, configurable: true, writable: true });
    if (code) Object.assign(error, { code });
    if (python) Object.assign(error, { python });
    made = error;
  }
  return made;
}
