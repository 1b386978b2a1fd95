/**
 * Events and the turns in which Python runs for them.
 *
 * workerd runs a callback in the context of the event that scheduled it, and ends an event in which nothing is left
 * to happen as hung. So Python's event loop has no turn of its own: each scope (one event, or all events of one
 * Durable Object, which share one context) has a queue in Python, and the microtask that woke it drains that queue.
 */
import { policy } from './host.mjs';

/** Python's side, `worker._dispatch`, of the instance that is alive. @type {any} */
export let door = null;

/** The scope whose Python code is running, if any. @type {Scope | null} */
let active = null;

/** Turns of Python on the stack. */
let depth = 0;

/** Microtasks that came in the middle of a turn. @type {(() => void)[]} */
let early = [];

/** @type {Map<number, Scope>} */
const scopes = new Map();
let lastId = 0;

/** @param {any} newDoor */
export function install(newDoor) {
  door = newDoor;
  scopes.clear();
  active = null;
  early = [];
}

/** Called when Python begins to wait for a promise; the result is called when it has settled. */
export function waiting() {
  const scope = active;
  if (!scope) return () => {};
  scope.waits++;
  return () => scope.settled();
}

/** What is to happen when the stack goes on that is put aside next. @type {(() => void) | null} */
let afterwards = null;

/** Memory of a stack that is put aside holds another one: write to it when it is back. @param {() => void} then */
export function whenBack(then) {
  afterwards = then;
}

/** The scope whose Python code is running, if any. */
export const current = () => active;

Object.assign(policy, {
  awaiting: waiting,
  // A call that may wait begins in another microtask, for the scope that asked for it.
  entering() {
    const scope = active;
    return (/** @type {() => any} */ call) => (scope ? scope.turn(call) : call());
  },
  // A stack that was put aside goes on for the scope that it left.
  leaving() {
    const left = { scope: active, then: afterwards };
    afterwards = null;
    return left;
  },
  arriving(/** @type {{scope: Scope | null, then: (() => void) | null}} */ { scope, then }) {
    active = scope;
    then?.();
  },
});

/** What shares one I/O context of the platform. */
export class Scope {
  id = ++lastId;
  /** Promises and timers of this scope that Python waits for. */
  waits = 0;
  /** A microtask that drains the queue is on its way. */
  scheduled = false;
  /** Something else can wake Python (a listener, a stream that is read): never call it stuck. */
  listening = false;
  /** Nobody waits for Python in this scope any more. */
  done = false;

  /** Objects of a Durable Object share a scope, which lives as long as the object. */
  constructor() {
    scopes.set(this.id, this);
  }

  settled() {
    if (--this.waits === 0) queueMicrotask(() => this.check());
  }

  /**
   * Run `call` as Python code of this scope.
   * @template T @param {() => T} call @returns {T}
   */
  turn(call) {
    const outer = active;
    active = this;
    depth++;
    try {
      return call();
    } finally {
      active = outer;
      if (--depth === 0 && early.length) for (const drain of early.splice(0)) queueMicrotask(drain);
    }
  }

  /** Python waits, and nothing in this scope can wake it: the platform would call it hung. Tell Python what it waits for. */
  check() {
    if (this.waits || this.scheduled || this.listening || this.done || !scopes.has(this.id)) return;
    this.turn(() => door.stuck(this.id));
  }

  end() {
    this.done = true;
    scopes.delete(this.id);
  }
}

/** One call from the platform, as Python sees it. */
export class Event {
  /** @type {((value: any) => void) | undefined} */ #resolve;
  /** @type {((error: any) => void) | undefined} */ #reject;
  /** @type {Promise<any> | undefined} */ #promise;

  /** @param {Scope} scope @param {any} env @param {any} ctx @param {any} [request] the request, batch, controller, message … */
  constructor(scope, env, ctx, request) {
    this.scope = scope;
    this.scopeId = scope.id;
    this.env = env;
    this.ctx = ctx;
    this.request = request;
  }

  get promise() {
    return (this.#promise ??= new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    }));
  }

  /** @param {any} value */
  resolve(value) {
    this.promise;
    this.#resolve?.(value);
  }

  /** @param {any} error */
  reject(error) {
    this.promise;
    this.#reject?.(error);
  }

  /** Python has nothing left to do for this event. */
  end() {
    this.scope.end();
  }

  /** Something other than a promise will wake Python in this event. */
  listen() {
    this.scope.listening = true;
  }
}

/**
 * Drain a scope's queue in a microtask of this turn.
 *
 * A call into the platform may run microtasks before it returns: the first `console.error` of an isolate loads a
 * module for it. Python cannot step a task below the step that is running, so the queue waits for the turn's end.
 * @param {number} id
 */
export function schedule(id) {
  const scope = scopes.get(id);
  const here = door;
  if (scope) scope.scheduled = true;
  queueMicrotask(function drain() {
    if (here !== door) return;
    if (depth) {
      early.push(drain);
      return;
    }
    if (scope) {
      scope.scheduled = false;
      scope.turn(() => door.drain(id));
      scope.check();
    } else door.drain(id);
  });
}

/** @type {Map<number, ReturnType<typeof setTimeout>>} */
const timers = new Map();

/** Call Python's timer `key` in `ms` milliseconds, in this scope. @param {number} id @param {number} key @param {number} ms */
export function startTimer(id, key, ms) {
  const scope = scopes.get(id);
  const here = door;
  if (scope) scope.waits++;
  timers.set(key, setTimeout(() => {
    timers.delete(key);
    if (here !== door) return;
    if (scope) {
      scope.waits--;
      scope.turn(() => door.timer(key));
      scope.check();
    } else door.timer(key);
  }, ms));
}

/** @param {number} id @param {number} key */
export function stopTimer(id, key) {
  const timer = timers.get(key);
  if (timer === undefined) return;
  clearTimeout(timer);
  timers.delete(key);
  scopes.get(id)?.settled();
}

/** Call a Python function on a stack that may wait (`run_sync` works below it). @param {any} callable */
export function promising(callable) {
  const scope = active;
  const call = () => callable.callPromising();
  return scope ? scope.turn(call) : call();
}
