/**
 * A wasm module without what nobody can reach: `node module.mjs IN KEEP OUT`, where KEEP is a JSON array of the names of
 * exports that stay.
 *
 * What stays: these exports, all that is in a table, and what these reach by direct calls and references. The rest of the
 * functions, globals and imports go, and the indices of those that stay close up.
 */
import fs from 'node:fs';
import { FUNC, GLOBAL_KIND, Reader, Writer, unknown, walk } from './binary.mjs';

const IMPORT = 2, FUNCTION = 3, GLOBAL = 6, EXPORT = 7, START = 8, ELEMENT = 9, CODE = 10, DATA = 11;

/** @param {Uint8Array} source @param {Set<string>} keep */
function prune(source, keep) {
  const module = read(source);
  const live = reach(module, keep);
  return write(module, live, keep);
}

/**
 * @typedef {{kind: number, bytes: Uint8Array}} Entry an import or export as it is written, and what it is of
 * @typedef {{start: number, end: number}} Range
 */

/** @param {Uint8Array} source */
function read(source) {
  const reader = new Reader(source);
  reader.at = 8;
  const found = {
    source,
    /** @type {{kind: number, start: number, end: number}[]} */ sections: [],
    /** @type {Entry[]} */ imports: [],
    /** @type {Uint8Array[]} */ types: [],
    /** @type {Range[]} */ globals: [],
    /** @type {{name: string, kind: number, index: number}[]} */ exports: [],
    /** @type {Range[]} */ bodies: [],
    /** The section of elements, for its indices of functions. @type {Range | undefined} */ elements: undefined,
    imported: { functions: 0, globals: 0 },
    start: -1,
  };
  while (reader.at < source.length) {
    const kind = reader.byte();
    const size = reader.number();
    const start = reader.at;
    const end = start + size;
    found.sections.push({ kind, start, end });
    if (kind === IMPORT) readImports(reader, found);
    else if (kind === FUNCTION) list(reader, () => found.types.push(slice(reader, () => reader.skipLeb())));
    else if (kind === GLOBAL) list(reader, () => found.globals.push(range(reader, () => { reader.valueType(); reader.byte(); walk(reader, 0, () => {}); })));
    else if (kind === EXPORT) list(reader, () => found.exports.push({ name: reader.name(), kind: reader.byte(), index: reader.number() }));
    else if (kind === START) found.start = reader.number();
    else if (kind === ELEMENT) found.elements = { start, end };
    else if (kind === CODE) list(reader, () => { const size = reader.number(); found.bodies.push({ start: reader.at, end: reader.at += size }); });
    reader.at = end;
  }
  return found;
}

/** @param {Reader} reader @param {() => void} one */
function list(reader, one) {
  for (let count = reader.number(); count > 0; count--) one();
}

/** @param {Reader} reader @param {() => void} skip @returns {Range} */
function range(reader, skip) {
  const start = reader.at;
  skip();
  return { start, end: reader.at };
}

/** @param {Reader} reader @param {() => void} skip */
function slice(reader, skip) {
  const { start, end } = range(reader, skip);
  return reader.bytes.subarray(start, end);
}

/** @param {Reader} reader @param {ReturnType<typeof read>} found */
function readImports(reader, found) {
  list(reader, () => {
    let kind = -1;
    const bytes = slice(reader, () => {
      reader.name();
      reader.name();
      kind = reader.byte();
      if (kind === FUNC) reader.skipLeb();
      else if (kind === 1) { reader.valueType(); reader.limits(); }
      else if (kind === 2) reader.limits();
      else if (kind === GLOBAL_KIND) { reader.valueType(); reader.byte(); }
      else if (kind === 4) { reader.byte(); reader.skipLeb(); }
      else unknown(`import of kind ${kind}`);
    });
    found.imports.push({ kind, bytes });
    if (kind === FUNC) found.imported.functions++;
    if (kind === GLOBAL_KIND) found.imported.globals++;
  });
}

/**
 * Every function and global that can be reached.
 * @param {ReturnType<typeof read>} module @param {Set<string>} keep
 */
function reach(module, keep) {
  const functions = new Set();
  const globals = new Set();
  /** @type {number[]} */
  const todo = [];
  const met = (/** @type {number} */ kind, /** @type {number} */ index) => {
    if (kind === GLOBAL_KIND) {
      if (globals.has(index)) return;
      globals.add(index);
      const own = module.globals[index - module.imported.globals];
      if (own) expression(module, own, met);
    } else if (!functions.has(index)) {
      functions.add(index);
      if (index >= module.imported.functions) todo.push(index);
    }
  };
  for (const { name, kind, index } of module.exports) {
    if (keep.has(name) && (kind === FUNC || kind === GLOBAL_KIND)) met(kind, index);
  }
  if (module.start >= 0) met(FUNC, module.start);
  if (module.elements) elements(module, module.elements, met);
  checkData(module);
  for (let index; (index = todo.pop()) !== undefined;) body(module, module.bodies[index - module.imported.functions], met);
  return { functions, globals };
}

/** @param {ReturnType<typeof read>} module @param {Range} range @param {(kind: number, index: number, start: number, end: number) => void} met */
function expression(module, range, met) {
  const reader = new Reader(module.source);
  reader.at = range.start;
  reader.valueType();
  reader.byte();
  walk(reader, 0, (kind, index, start) => met(kind, index, start, reader.at));
}

/** @param {ReturnType<typeof read>} module @param {Range} range @param {(kind: number, index: number, start: number, end: number) => void} met */
function body(module, range, met) {
  const reader = new Reader(module.source);
  reader.at = range.start;
  list(reader, () => { reader.skipLeb(); reader.valueType(); });
  walk(reader, range.end, (kind, index, start) => met(kind, index, start, reader.at));
}

/** @param {ReturnType<typeof read>} module @param {Range} range @param {(kind: number, index: number, start: number, end: number) => void} met */
function elements(module, range, met) {
  const reader = new Reader(module.source);
  reader.at = range.start;
  const index = (/** @type {number} */ kind, /** @type {number} */ value, /** @type {number} */ start) => met(kind, value, start, reader.at);
  list(reader, () => {
    const flags = reader.number();
    // Of the eight forms, those that list plain indices of functions.
    if (flags > 3) unknown(`elements of form ${flags}`);
    if (flags === 2) reader.skipLeb();
    if (flags === 0 || flags === 2) walk(reader, 0, index);
    if (flags) reader.byte();
    list(reader, () => { const start = reader.at; index(FUNC, reader.number(), start); });
  });
}

/**
 * Data are copied as they are: nothing in them may have a new number.
 * @param {ReturnType<typeof read>} module
 */
function checkData(module) {
  const section = module.sections.find(({ kind }) => kind === DATA);
  if (!section) return;
  const reader = new Reader(module.source);
  reader.at = section.start;
  list(reader, () => {
    const flags = reader.number();
    if (flags === 2) reader.skipLeb();
    if (flags !== 1) walk(reader, 0, () => unknown('data at an address that is not constant'));
    const size = reader.number();
    reader.at += size;
  });
}

/** @param {Set<number>} live @param {number} count @returns {Uint32Array} */
function renumbered(live, count) {
  const numbers = new Uint32Array(count);
  let next = 0;
  for (let index = 0; index < count; index++) if (live.has(index)) numbers[index] = next++;
  return numbers;
}

/** @param {ReturnType<typeof read>} module @param {ReturnType<typeof reach>} live @param {Set<string>} keep */
function write(module, live, keep) {
  const { source, imported } = module;
  /** @type {Record<number, Uint32Array>} */
  const numbers = {
    [FUNC]: renumbered(live.functions, imported.functions + module.bodies.length),
    [GLOBAL_KIND]: renumbered(live.globals, imported.globals + module.globals.length),
  };
  /**
   * Copy a range, with the new numbers in it.
   * @param {Writer} writer @param {Range} range
   * @param {(module: ReturnType<typeof read>, range: Range, met: (kind: number, index: number, start: number, end: number) => void) => void} visit
   */
  const copy = (writer, range, visit) => {
    let from = range.start;
    visit(module, range, (kind, index, start, end) => {
      writer.put(source.subarray(from, start));
      writer.number(numbers[kind][index]);
      from = end;
    });
    writer.put(source.subarray(from, range.end));
  };
  const out = new Writer(source.length);
  out.put(source.subarray(0, 8));
  for (const section of module.sections) {
    const content = new Writer(section.end - section.start + 16);
    if (section.kind === IMPORT) vector(content, liveImports(module, live), ({ bytes }) => content.put(bytes));
    else if (section.kind === FUNCTION) vector(content, own(module.types, imported.functions, live.functions), bytes => content.put(bytes));
    else if (section.kind === GLOBAL) vector(content, own(module.globals, imported.globals, live.globals), range => copy(content, range, expression));
    else if (section.kind === EXPORT) vector(content, module.exports.filter(({ name }) => keep.has(name)), ({ name, kind, index }) => {
      const bytes = new TextEncoder().encode(name);
      content.number(bytes.length);
      content.put(bytes);
      content.number(kind);
      content.number(numbers[kind]?.[index] ?? index);
    });
    else if (section.kind === START) content.number(numbers[FUNC][module.start]);
    else if (section.kind === ELEMENT) copy(content, section, elements);
    else if (section.kind === CODE) vector(content, own(module.bodies, imported.functions, live.functions), range => {
      const one = new Writer(range.end - range.start);
      copy(one, range, body);
      content.number(one.at);
      content.put(one.content);
    });
    else content.put(source.subarray(section.start, section.end));
    out.number(section.kind);
    out.number(content.at);
    out.put(content.content);
  }
  return out.content;
}

/** @param {ReturnType<typeof read>} module @param {ReturnType<typeof reach>} live */
function liveImports(module, live) {
  const next = { [FUNC]: 0, [GLOBAL_KIND]: 0 };
  return module.imports.filter(({ kind }) => {
    if (kind === FUNC) return live.functions.has(next[FUNC]++);
    return kind === GLOBAL_KIND ? live.globals.has(next[GLOBAL_KIND]++) : true;
  });
}

/** Of the module's own, those alive. @template T @param {T[]} all @param {number} first @param {Set<number>} live */
const own = (all, first, live) => all.filter((_, number) => live.has(first + number));

/** @template T @param {Writer} writer @param {T[]} items @param {(item: T) => void} one */
function vector(writer, items, one) {
  writer.number(items.length);
  items.forEach(one);
}

const [from, keep, to] = process.argv.slice(2);
fs.writeFileSync(to, prune(fs.readFileSync(from), new Set(JSON.parse(fs.readFileSync(keep, 'utf8')))));
