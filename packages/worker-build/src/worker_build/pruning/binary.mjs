/**
 * The binary format of wasm: numbers, names and types read and written, and instructions walked through one by one. What
 * this reader does not know stops it.
 */

/** Kinds of what is imported and exported. */
export const FUNC = 0, GLOBAL_KIND = 3;

/** @param {string} what @returns {never} */
export function unknown(what) {
  throw new Error(`unknown to the pruning: ${what}`);
}

/** Reads the parts of a module where they lie. */
export class Reader {
  at = 0;
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** LEB128 of 32 bits; signed ones are only ever skipped. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  skipLeb() {
    while (this.bytes[this.at++] > 127);
  }

  name() {
    const size = this.number();
    return new TextDecoder().decode(this.bytes.subarray(this.at, (this.at += size)));
  }

  valueType() {
    const kind = this.byte();
    // (ref null ht), (ref ht)
    if (kind === 0x63 || kind === 0x64) this.skipLeb();
  }

  limits() {
    const flags = this.byte();
    this.skipLeb();
    if (flags & 1) this.skipLeb();
  }
}

/** Collects bytes. */
export class Writer {
  /** @type {Uint8Array} */ bytes;
  at = 0;
  /** @param {number} size enough for all that comes, or a guess */
  constructor(size = 1024) {
    this.bytes = new Uint8Array(size);
  }

  /** @param {number} more */
  #room(more) {
    if (this.at + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.at + more));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  /** @param {number} value */
  number(value) {
    this.#room(5);
    do {
      this.bytes[this.at++] = (value & 127) | (value > 127 ? 128 : 0);
      value >>>= 7;
    } while (value);
  }

  /** @param {Uint8Array} bytes */
  put(bytes) {
    this.#room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  get content() {
    return this.bytes.subarray(0, this.at);
  }
}

/**
 * Walk through instructions until `end`, or, without it, through one constant expression.
 * @param {Reader} reader @param {number} end
 * @param {(kind: number, index: number, start: number) => void} met called for each index of a function or global, with
 *   where its encoding starts; it ends where the reader stands
 */
export function walk(reader, end, met) {
  const index = (/** @type {number} */ kind) => {
    const start = reader.at;
    met(kind, reader.number(), start);
  };
  do {
    const code = reader.byte();
    if (code >= 0x45 && code <= 0xc4) continue;
    if (code >= 0x28 && code <= 0x3e) { memoryArgument(reader); continue; }
    switch (code) {
      case 0x0b: if (end) continue; return;
      case 0x00: case 0x01: case 0x05: case 0x0a: case 0x0f: case 0x19: case 0x1a: case 0x1b: case 0xd1: continue;
      case 0x02: case 0x03: case 0x04: case 0x06: case 0x07: case 0x08: case 0x09: case 0x0c: case 0x0d: case 0x18:
      case 0x20: case 0x21: case 0x22: case 0x25: case 0x26: case 0x3f: case 0x40: case 0x41: case 0x42: case 0xd0:
        reader.skipLeb(); continue;
      case 0x0e: for (let count = reader.number(); count >= 0; count--) reader.skipLeb(); continue;
      case 0x10: case 0x12: case 0xd2: index(FUNC); continue;
      case 0x11: case 0x13: reader.skipLeb(); reader.skipLeb(); continue;
      case 0x1c: for (let count = reader.number(); count > 0; count--) reader.valueType(); continue;
      case 0x23: case 0x24: index(GLOBAL_KIND); continue;
      case 0x43: reader.at += 4; continue;
      case 0x44: reader.at += 8; continue;
      case 0xfc: bulk(reader); continue;
      default: unknown(`instruction 0x${code.toString(16)}`);
    }
  } while (!end || reader.at < end);
}

/** @param {Reader} reader */
function memoryArgument(reader) {
  if (reader.number() & 0x40) reader.skipLeb();
  reader.skipLeb();
}

/** @param {Reader} reader */
function bulk(reader) {
  const code = reader.number();
  // Saturating conversions; then init, drop, copy, fill of memory, and the same of tables.
  const immediates = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1][code] ?? unknown(`instruction 0xfc ${code}`);
  for (let i = 0; i < immediates; i++) reader.skipLeb();
}
