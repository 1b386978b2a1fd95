/**
 * What the generated shim is made of: exports of an ordinary worker that hand their events to Python.
 *
 * The interpreter is restored once, when the module is loaded. After a fatal error it is gone; the next event, inside
 * its handler, restores a fresh one. The event that was killed is never answered by us: the platform ends it as hung.
 */
import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from 'cloudflare:workers';
import { boot } from './boot.mjs';
import * as host from './host.mjs';
import { Event, Scope, door, install } from './events.mjs';
import './helpers.mjs';
import { parts, modules } from './parts.mjs';
import { lendSockets } from './sockfs.mjs';

/** Counts interpreters of this isolate; 0 is none alive. */
let alive = 0;
let born = 0;
/** The first event of an interpreter reseeds it and runs the start handlers. */
let begun = false;
/** @type {Promise<void> | null} */
let starting = null;

host.policy.compile = bytes => {
  const module = modules.get(host.hex(bytes));
  if (!module) throw new Error(`this bundle has no wasm module for ${bytes.length} bytes that Python asked for`);
  return module;
};

async function start() {
  const generation = ++born;
  host.policy.dead = () => generation !== born;
  const { Module, API, python } = await boot(parts, { onFatal: die });
  lendSockets(Module, API);
  install(python.pyimport('worker._dispatch').door().toJs({ depth: 1, dict_converter: Object.fromEntries }));
  alive = generation;
  begun = false;
}

/** @param {Error} error */
function die(error) {
  alive = 0;
  born++;
  console.error('Python has died; the next event gets a fresh interpreter.', error);
}

/** @template T @param {() => T} call @returns {T | Promise<T>} */
function revived(call) {
  if (alive) return call();
  starting ??= start().finally(() => { starting = null; });
  return starting.then(call);
}

/**
 * Run Python for one event.
 * @param {Event} event @param {string} kind the function of `worker._dispatch` @param {any[]} args
 */
function enter(event, kind, ...args) {
  const generation = alive;
  try {
    if (!begun) {
      door.begin();
      begun = true;
    }
    return event.begin(door[kind], ...args);
  } catch (error) {
    if (alive === generation) throw error;
    return new Promise(() => {});
  }
}

/** @param {any} request @param {any} env @param {any} ctx @returns {any} */
function fetch(request, env, ctx) {
  if (!alive) return revived(() => fetch(request, env, ctx));
  return enter(new Event(new Scope(), env, ctx, request), 'fetch', request.method, request.url);
}

/** @param {string} kind @returns {(event: any, env: any, ctx: any) => any} */
const handler = kind => kind === 'fetch' ? fetch : (subject, env, ctx) =>
  revived(() => enter(new Event(new Scope(), env, ctx, subject), kind));

/**
 * The default export of a worker of plain handlers.
 * @param {string[]} kinds `fetch`, `scheduled`, `queue`, `email`, `tail`, `connect`
 */
export const handlers = kinds => Object.fromEntries(kinds.map(kind => [kind, handler(kind)]));

/**
 * Define `methods` on the prototype of a class whose instances call Python.
 * @param {Function} cls @param {string[]} methods @param {(self: any, name: string, args: any[]) => any} invoke
 */
function define(cls, methods, invoke) {
  for (const name of methods) {
    Object.defineProperty(cls.prototype, name, {
      configurable: true, writable: true,
      value: { [name](/** @type {any[]} */ ...args) { return invoke(this, name, args); } }[name],
    });
  }
}

/**
 * Call a method of a class: what arrives at `fetch` is a request.
 * @param {Event} event @param {string} kind @param {string} name @param {string} method @param {any[]} args
 */
const call = (event, kind, name, method, args) => method === 'fetch'
  ? enter(event, `${kind}_fetch`, name, event.request.method, event.request.url)
  : enter(event, kind, name, method, args);

const dropped = new host.FinalizationRegistry(({ generation, scope }) => {
  scope.end();
  if (generation === alive) door.drop(scope.id);
});

/**
 * Make the Python object of a Durable Object.
 * @param {any} self @param {string} name the export
 */
function construct(self, name) {
  const generation = (self.generation = alive);
  // The waits of an old interpreter died with it; anything may wake an object, so it is never stuck.
  self.scope?.end();
  const scope = (self.scope = new Scope(true));
  scope.listening = true;
  dropped.register(self, { generation, scope });
  self.made = Promise.resolve(enter(new Event(scope, self.env, self.ctx), 'construct', name));
  // A constructor that raises fails the calls that wait for it, and runs again for the next one.
  self.made.catch(() => { if (self.generation === generation) self.generation = 0; });
  return self.made;
}

/**
 * A Durable Object class: one Python object for each JavaScript object, made anew when the interpreter was. Whatever is
 * on its prototype can be called from outside, so nothing else is.
 * @param {string} name the export @param {string[]} methods handlers and RPC methods that the Python class defines
 */
export function durableObject(name, methods) {
  const cls = class extends DurableObject {
    /** The interpreter that holds the Python object; 0 when there is none. */
    generation = 0;
    /** @type {Scope | undefined} */
    scope;
    /** Settled when the Python object is made. @type {Promise<void>} */
    made = Promise.resolve();

    /** @param {any} ctx @param {any} env */
    constructor(ctx, env) {
      super(ctx, env);
      if (alive) construct(this, name);
      else ctx.blockConcurrencyWhile(() => revived(() => construct(this, name)));
    }
  };
  define(cls, methods, (self, method, args) => revived(async () => {
    await (self.generation === alive ? self.made : construct(self, name));
    return call(new Event(self.scope, self.env, self.ctx, args[0]), 'object', name, method, args);
  }));
  return Object.defineProperty(cls, 'name', { value: name });
}

/**
 * A named or default RPC entrypoint: a Python object for each call.
 * @param {string} name @param {string[]} methods
 * @param {string[]} [kinds] events that functions answer, beside the default class
 */
export function entrypoint(name, methods, kinds = []) {
  const cls = class extends WorkerEntrypoint {};
  define(cls, methods, (self, method, args) => revived(() =>
    call(new Event(new Scope(), self.env, self.ctx, args[0]), 'entrypoint', name, method, args)));
  define(cls, kinds, (self, kind, args) => handler(kind)(args[0], self.env, self.ctx));
  return Object.defineProperty(cls, 'name', { value: name });
}

/** @param {string} name */
export function workflow(name) {
  const cls = class extends WorkflowEntrypoint {
    /** @param {any} event @param {any} step */
    run(event, step) {
      return revived(() => enter(new Event(new Scope(), this.env, this.ctx, event), 'workflow', name, step));
    }
  };
  return Object.defineProperty(cls, 'name', { value: name });
}

await start();
