/**
 * The build worker: starts the interpreter in workerd's global scope, imports the app, and hands out the image.
 *
 * What production has, the app has here: the platform's own globals, and its own refusals of timers and I/O at import.
 * Lent are a clock and entropy that are the same in every build, and wasm compiled from bytes. Whoever asks for entropy
 * is counted, and so is the work that an import does: there is no clock here that could tell how long it takes.
 */
import { boot } from './boot.mjs';
import { mount } from './bundlefs.mjs';
import * as host from './host.mjs';
import './helpers.mjs';
import { begin, bootstrap } from './bootstrap.mjs';
import bytecode from './bytecode.wasm';
import { parts } from './parts.mjs';

/** Looks at the interrupt buffer, each after some fifty jumps or calls: tens of seconds of Python. */
const MOST_WORK = 8_000_000;
const MOST_OF_LIBC = 3;

/** Of the allocator: bytes before a block, where its size stands with flags in the low bits; and the most that it gives too much. */
const HEAD = 4, IN_USE = 2, FLAGS = 7, MOST_MORE = 20;
/** Of a text, in the byte of its state: one byte a character, compact, ASCII. */
const KIND_SHIFT = 2, KIND_MASK = 0b11111, ASCII = 0b11001;

/** Bytes that the app asked for, and calls of `Math.random`: zero after most imports. */
let drawn = 0;
/** Bytes that the code of extension modules asked for itself, by module: seeds of hash tables, as a rule. @type {Map<string, number>} */
const native = new Map();
let importing = false;
/** What the platform refused last: it says the same sentence about all that it refuses. */
let refused = '';

/** @type {Set<string>} hex of each small module that was compiled */
const compiled = new Set();
let clock = Date.UTC(2020, 0, 1);
// xorshift32, another one for each build: every draw of the interpreter's own start is made anew in production.
let state = Number(parts.env.PYTHONHASHSEED) || 1;
function next() {
  state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
  return state >>> 0;
}

host.policy.compile = bytes => {
  compiled.add(host.hex(bytes));
  // The platform's declarations have no constructor: only building may compile.
  return new (/** @type {any} */ (WebAssembly).Module)(bytes);
};
host.policy.now = () => clock++;
/** Extension modules whose own code has read the clock. @type {Set<string>} */
const readers = new Set();
let telling = false;
host.policy.read = () => {
  if (importing && !telling) {
    const module = asking();
    telling = true;
    if (module) readers.add(module);
    else tell('the clock');
    telling = false;
  }
  return clock++;
};
host.policy.random = view => {
  const bytes = /** @type {Uint8Array} */ (view);
  for (let i = 0; i < bytes.length; i++) bytes[i] = next() >>> 8;
  if (importing) {
    const module = asking();
    if (module) native.set(module, (native.get(module) ?? 0) + bytes.length);
    else drawn += bytes.length;
  }
  return view;
};

/**
 * The extension module whose own code asks for entropy, or undefined when Python asks. The build has named those modules;
 * between their code and this function there is a function or two of the interpreter's C library.
 */
function asking() {
  const { stack = '' } = new Error();
  const frames = [...stack.matchAll(/wasm:\/\/wasm\/(?:(\S+)-)?[0-9a-f]{8}:/g)];
  return frames.slice(0, MOST_OF_LIBC).find(([, name]) => name)?.[1];
}
// What is collected, and when, is chance.
host.policy.dead = () => true;
// Sleeping waits for this clock to move.
Object.defineProperty(performance, 'now', { value: () => clock++ - Date.UTC(2020, 0, 1) });

/** What Python is told when JavaScript is asked for what an import may not have. @type {(what: string) => void} */
let tell = () => {};

Math.random = () => {
  if (importing) {
    drawn++;
    tell('Math.random');
  }
  return next() / 2 ** 32;
};

/**
 * Watch a function: of what it refuses, the platform says only that it is one of several things.
 * @param {any} owner @param {string} name @param {string} what @param {boolean} late the refusal comes as a promise
 */
function watch(owner, name, what, late = false) {
  const original = owner[name];
  Object.defineProperty(owner, name, {
    configurable: true, writable: true, enumerable: true,
    value: /** @this {any} @param {any[]} args */ function (...args) {
      if (importing) refused = what;
      if (importing && late) tell(what);
      return Reflect.apply(original, this, args);
    },
  });
}
watch(Crypto.prototype, 'getRandomValues', 'random');
watch(Crypto.prototype, 'randomUUID', 'random');
watch(globalThis, 'fetch', 'fetch', true);
for (const name of ['match', 'put', 'delete']) watch(Cache.prototype, name, 'the cache', true);
watch(scheduler.constructor.prototype, 'wait', 'a timer', true);
for (const name of ['setTimeout', 'setInterval']) watch(globalThis, name, 'a timer');

/** The bytecode that had to be compiled, a line each, see bytecode.py. */
let missed = () => '';

/** @type {{error: any} | {answer: any, heap: Uint8Array}} */
let outcome;
try {
  outcome = await take();
} catch (error) {
  outcome = { error: { kind: 'internal', message: String(/** @type {any} */ (error)?.stack ?? error) } };
}

async function take() {
  /** @type {string[]} What Python prints: a dying interpreter its traceback. It takes the function when it starts. */
  const said = [];
  const { log } = console;
  console.log = (...parts) => { said.push(parts.join(' ')); log.apply(console, parts); };
  /** @type {Error | undefined} */
  let fatal;
  const { Module, API, python } = await boot(parts, {
    onFatal: error => { fatal = error; },
    begin(Module, API) {
      mount(Module, bytecode);
      missed = () => Module.FS.readFile('/compiled', { encoding: 'utf8' });
      const [failed, message] = API.rawRun(begin);
      if (failed) throw new Error(message);
    },
  });
  const step = (/** @type {string} */ name, /** @type {any[]} */ ...args) => python.pyimport('_worker_snapshot')[name](...args);
  Module.FS.mkdirTree('/tmp');
  API.package_loader.destroy();
  python.runPython(bootstrap);
  tell = what => step('told', what);
  const load = python.pyimport('_worker_snapshot').load;
  /** @type {any} */
  let found;
  try {
    found = JSON.parse(bounded(python, load));
  } catch (error) {
    if (!fatal) throw error;
  }
  if (fatal) return { error: { kind: 'fatal', message: fatal.message, frames: framesOf(said) } };
  if (found.error) return { error: { ...found.error, refused } };
  if (found.draws) return { answer: found, heap: new Uint8Array() };
  const lost = /** @type {any[]} */ ([]);
  step('tidy');
  const references = API.serializeHiwireState((/** @type {any} */ value) => {
    lost.push(value);
    return { lost: true };
  });
  lost.push(...mistaken(Module, API, references));
  if (lost.length) {
    const kinds = lost.map(value => Object.prototype.toString.call(value).slice(8, -1));
    return { error: { kind: 'reference', kinds, ...JSON.parse(step('references', lost)) } };
  }
  clearFree(Module);
  clearEnds(Module);
  const memory = {
    size: Module.HEAPU8.length,
    table: Module.wasmTable.length,
    bss: Module._emscripten_stack_get_end(),
    references,
    extensions: host.loaded.extensions,
    symbols: host.loaded.symbols,
  };
  // A copy: what the platform runs after this is no part of the image.
  return { answer: { ...found, drawn, native: Object.fromEntries(native), readers: [...readers], memory, wasm: [...compiled].sort() }, heap: Module.HEAPU8.slice() };
}

/**
 * Objects that Pyodide would find again at the wrong place. While building, `js.Headers` is a proxy that knows its path;
 * what it constructs inherits from such a proxy, and answers with the path of the prototype.
 * @param {any} Module @param {any} API @param {{hiwireKeys: any[]}} references
 */
function mistaken(Module, API, { hiwireKeys }) {
  const first = API.getExpectedKeys().length;
  const mark = Symbol('there');
  return hiwireKeys.flatMap((key, number) => {
    if (!key?.path) return [];
    const value = Module.__hiwire_get(first + number);
    const there = key.path.reduce((/** @type {any} */ found, /** @type {string} */ name) =>
      name === '[getProtoTypeOf]' ? Object.getPrototypeOf(found) : found[name], globalThis);
    // A proxy has what its target is given; what only inherits from it has not.
    if (!Reflect.defineProperty(there, mark, { configurable: true })) return [];
    const same = Object.hasOwn(value, mark);
    Reflect.deleteProperty(there, mark);
    return same ? [] : [value];
  });
}

/**
 * Import the app, and interrupt it when it does more than any import does. The interpreter looks at this "buffer" once
 * in so many jumps and calls, so the bound is one of work: the same on every machine. Code that catches the interrupt
 * gets another one.
 * @param {any} python @param {() => string} load
 */
function bounded(python, load) {
  let looks = 0;
  python.setInterruptBuffer({
    get 0() { return ++looks >= MOST_WORK && (looks - MOST_WORK) % (MOST_WORK / 10) === 0 ? 2 : 0; },
    set 0(_) {},
  });
  importing = true;
  try {
    return load();
  } finally {
    importing = false;
    python.setInterruptBuffer(undefined);
  }
}

/** The frames of the traceback that a dying interpreter writes, innermost last. @param {string[]} said */
function framesOf(said) {
  return [...said.join('\n').matchAll(/File "(.+?)", line (\d+),? in (.+)/g)]
    .map(([, file, line, name]) => ({ file, line: Number(line), name, text: '' })).reverse();
}

/**
 * Overwrite with zeros what the heap does not use: freed blocks, and the stack, on which nothing is alive between two
 * calls. The image holds no zeros.
 * @param {any} Module
 */
function clearFree(Module) {
  const limit = host.heapLimit;
  host.limitHeap(Module.HEAPU8.length);
  /** @type {number[]} */
  const blocks = [];
  for (let size = 2 ** 24; size >= 16; size /= 2) {
    for (let block; (block = Module._malloc(size)); blocks.push(block)) Module.HEAPU8.fill(0, block, block + size);
  }
  blocks.forEach(block => Module._free(block));
  Module.HEAPU8.fill(0, Module._emscripten_stack_get_end(), Module._emscripten_stack_get_base());
  host.limitHeap(limit);
}

/**
 * Overwrite with zeros what lies between the end of a text, bytes or a tuple and the end of its block: leftovers, which no
 * program reads and no codec compresses. A place is only taken for one of them when size, block and content agree.
 * @param {any} Module
 */
function clearEnds(Module) {
  const { HEAPU8: bytes, HEAPU32: words, _PyUnicode_Type: TEXT, _PyBytes_Type: BYTES, _PyTuple_Type: TUPLE } = Module;
  const from = Module._emscripten_stack_get_base();
  /** @param {number} block @param {number} end of the object @returns {boolean} whether it is the block of such an object */
  const clear = (block, end) => {
    const head = words[(block - HEAD) >>> 2];
    const more = block + (head & ~FLAGS) - HEAD - end;
    const fits = Boolean(head & IN_USE) && more >= 0 && more < MOST_MORE;
    if (fits) bytes.fill(0, end, end + more);
    return fits;
  };
  for (let at = (from + 7) & ~7; at < bytes.length; at += 8) {
    const type = words[(at + 4) >>> 2], size = words[(at + 8) >>> 2];
    if (size >= bytes.length) continue;
    if (type === TEXT && ((bytes[at + 16] >>> KIND_SHIFT) & KIND_MASK) === ASCII && bytes[at + 20 + size] === 0) {
      // The state is one byte, and three that fill the word.
      if (clear(at, at + 20 + size + 1)) bytes.fill(0, at + 17, at + 20);
    } else if (type === BYTES && bytes[at + 16 + size] === 0) clear(at, at + 16 + size + 1);
    // What the collector knows has two words of its before it.
    else if (type === TUPLE) clear(at - 8, at + 16 + 4 * size);
  }
}

/** Four bytes of length, that much JSON, then the heap. */
export default {
  fetch() {
    const { heap, ...rest } = /** @type {any} */ ({ heap: new Uint8Array(), compiled: missed(), ...outcome });
    const json = new TextEncoder().encode(JSON.stringify(rest));
    const length = new Uint8Array(new Uint32Array([json.length]).buffer);
    const { readable, writable } = new FixedLengthStream(4 + json.length + heap.length);
    const writer = writable.getWriter();
    Promise.all([writer.write(length), writer.write(json), writer.write(heap), writer.close()]).catch(console.error);
    return new Response(readable);
  },
};
