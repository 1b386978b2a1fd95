/**
 * Events and the turns in which Python runs for them.
 *
 * workerd runs a callback in the context of the event that scheduled it, and ends an event in which nothing is left
 * to happen as hung. So Python's event loop has no turn of its own: each scope (one event, or all events of one
 * Durable Object, which share one context) has a queue in Python, and the microtask that woke it drains that queue.
 */
import { caller } from './calling.mjs';
import { hold, onStack } from './ffi.mjs';
import { policy } from './host.mjs';
import { flatHeaders, respond } from './response.mjs';

/** Python's side, `worker._dispatch`, of the instance that is alive. @type {Record<string, (...args: any[]) => any>} */
export let door = {};

/** Where its function `plain` is. */
let plain = 0;

/** The scope whose Python code is running, if any. @type {Scope | null} */
let active = null;

/** Turns of Python on the stack. */
let depth = 0;

/** Microtasks that came in the middle of a turn. @type {(() => void)[]} */
let early = [];

/** Those that outlast the turn that began them. @type {Map<number, Scope>} */
const scopes = new Map();
let lastId = 0;

/** @param {number} id */
const scopeOf = id => active?.id === id ? active : scopes.get(id);

/** @param {Record<string, any>} functions of Python */
export function install(functions) {
  const held = Object.entries(functions).map(([name, callable]) => /** @type {const} */ ([name, hold(callable)]));
  door = Object.fromEntries(held.map(([name, address]) => [name, caller(address)]));
  scopes.clear();
  events.clear();
  active = null;
  early = [];
  plain = hold(functions.plain);
  for (const callable of Object.values(functions)) callable.destroy();
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

  /** @param {boolean} [lasting] events of a Durable Object share a scope, which lives as long as the object */
  constructor(lasting = false) {
    this.lasting = lasting;
    if (lasting) this.register();
  }

  register() {
    scopes.set(this.id, this);
  }

  settled() {
    if (--this.waits === 0) queueMicrotask(() => this.check());
  }

  /**
   * Run `call` as Python code of this scope.
   * @template {any[]} A, T @param {(...args: A) => T} call @param {A} args @returns {T}
   */
  turn(call, ...args) {
    const outer = active;
    active = this;
    depth++;
    try {
      return call(...args);
    } finally {
      active = outer;
      if (--depth === 0 && early.length) for (const drain of early.splice(0)) queueMicrotask(drain);
    }
  }

  /** Python waits, and nothing in this scope can wake it: the platform would call it hung. Tell Python what it waits for. */
  check() {
    if (this.waits || this.scheduled || this.listening || this.done || !scopes.has(this.id)) return;
    this.turn(door.stuck, this.id);
  }

  end() {
    this.done = true;
    scopes.delete(this.id);
  }
}

/** Events that were not over with their first turn, by their ids. @type {Map<number, Event>} */
const events = new Map();
let lastEvent = 0;
/** The one whose first turn it is. @type {Event | null} */
let beginning = null;
/** Of the latest event: every event of an isolate is given the same. @type {any} */
let latestEnv;

/** Run `call` as soon as no Python is on the stack: mostly now, see `schedule`. @param {() => void} call */
function whole(call) {
  if (depth) early.push(call);
  else call();
}

/** What a turn of Python answers for an event; an object is the answer itself. */
const PENDING = undefined;
/** A plain function is put aside, which wants a stack that may wait. */
const ASIDE = false;

/** One call from the platform. */
export class Event {
  id = ++lastEvent;
  /** It goes on after its answer. */
  kept = false;
  over = false;
  /** @type {((value: any) => void) | undefined} */ #resolve;
  /** @type {((error: any) => void) | undefined} */ #reject;
  /** @type {Promise<any> | undefined} */ #promise;

  /** @param {Scope} scope @param {any} env @param {any} ctx @param {any} [request] the request, batch, controller, message … */
  constructor(scope, env, ctx, request) {
    this.scope = scope;
    this.env = latestEnv = env;
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

  /** @param {number} status @param {string} headers @param {any} body */
  respond(status, headers, body) {
    this.resolve(respond(status, headers, body));
  }

  /** Something other than a promise will wake Python in this event. */
  listen() {
    this.scope.listening = true;
  }

  /** Python has nothing left to do for this event. */
  end() {
    this.over = true;
    events.delete(this.id);
    if (!this.scope.lasting) this.scope.end();
  }

  /**
   * Run Python for this event for the first time.
   * @param {(...args: any[]) => any} entry @param {any[]} args @returns {any} the answer, or a promise of it
   */
  begin(entry, ...args) {
    const outer = beginning;
    beginning = this;
    let answer;
    try {
      answer = this.scope.turn(entry, this.id, this.scope.id, ...args);
    } finally {
      beginning = outer;
    }
    if (typeof answer !== 'object' || this.kept) this.#register();
    return this.#isOver(answer) ? answer : this.promise;
  }

  #register() {
    if (this.over) return;
    events.set(this.id, this);
    this.scope.register();
  }

  /** Go on with Python. @param {() => any} call @param {number} waits how many promises it waited for */
  #go(call, waits = 0) {
    const here = door;
    whole(() => {
      if (here !== door) return;
      this.scope.waits -= waits;
      this.#went(call);
    });
  }

  /** @param {() => any} call */
  #went(call) {
    const answer = this.scope.turn(call);
    if (this.#isOver(answer)) this.resolve(answer);
  }

  /** Whether a turn has brought the answer. With it Python has nothing left to do, if it has not asked to be kept. @param {any} answer */
  #isOver(answer) {
    if (typeof answer === 'object') {
      if (!this.kept) this.end();
      return true;
    }
    if (answer === ASIDE) this.#aside();
    else if (answer === PENDING) this.scope.check();
    return false;
  }

  /** Call the plain function, in this turn. */
  #aside() {
    const here = door;
    whole(() => {
      this.scope.turn(() => onStack(plain, this.id)).then(() => {
        // It may have been put aside, and come back in a microtask of its own.
        if (!depth) active = null;
        if (here === door) this.#go(() => here.returned(this.id));
      });
    });
  }

  /** Go on when `promise` is settled. @param {any} promise */
  wait(promise) {
    const here = door;
    const { scope, id } = this;
    scope.waits++;
    promise.then(
      (/** @type {any} */ value) => {
        if (here === door) this.#go(() => here.fulfilled(id, value), 1);
      },
      (/** @type {any} */ error) => {
        if (here === door) this.#go(() => here.rejected(id, error), 1);
      });
  }
}

/** Python asks for an event by its id, when it needs more than method and URL. @param {number} id */
export const eventOf = id => beginning?.id === id ? beginning : events.get(id);

/** The headers of the request that an event brought. @param {number} id */
export function headersOf(id) {
  const event = eventOf(id);
  return event && flatHeaders(event.request.headers);
}

/** @param {number} id */
export const envOf = id => eventOf(id)?.env ?? latestEnv;

/** @param {number} id */
export const endEvent = id => eventOf(id)?.end();

/** Python goes on after the answer that it is about to give. @param {number} id */
export function keepEvent(id) {
  const event = eventOf(id);
  if (event) event.kept = true;
}

/** The coroutine of an event goes on with what the promise brings, in the microtask that settles it. @param {number} id @param {any} promise */
export const waitFor = (id, promise) => eventOf(id)?.wait(promise);

/** Call a method, and let the coroutine of an event go on with what it, or its promise, brings. @param {number} id @param {any} target @param {string} method @param {unknown[]} args */
export function invokeFor(id, target, method, ...args) {
  waitFor(id, Promise.resolve(target[method](...args)));
}

/** Set a future of Python when the promise is settled, and run what waits for it in the same turn. @param {number} id of the scope @param {any} promise @param {number} key */
export function settleLater(id, promise, key) {
  const scope = scopeOf(id);
  const here = door;
  if (scope) scope.waits++;
  const settle = (/** @type {boolean} */ failed) => (/** @type {any} */ value) => {
    whole(() => {
      if (here !== door) return;
      if (scope) {
        scope.waits--;
        scope.turn(here.settled, id, key, failed, value);
        scope.check();
      } else here.settled(id, key, failed, value);
    });
  };
  promise.then(settle(false), settle(true));
}

/**
 * Drain a scope's queue in a microtask of this turn.
 *
 * A call into the platform may run microtasks before it returns: the first `console.error` of an isolate loads a
 * module for it. Python cannot step a task below the step that is running, so the queue waits for the turn's end.
 * @param {number} id
 */
export function schedule(id) {
  const scope = scopeOf(id);
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
      scope.turn(door.drain, id);
      scope.check();
    } else door.drain(id);
  });
}

/** @type {Map<number, ReturnType<typeof setTimeout>>} */
const timers = new Map();

/** Call Python's timer `key` in `ms` milliseconds, in this scope. @param {number} id @param {number} key @param {number} ms */
export function startTimer(id, key, ms) {
  const scope = scopeOf(id);
  const here = door;
  if (scope) scope.waits++;
  timers.set(key, setTimeout(() => {
    timers.delete(key);
    if (here !== door) return;
    if (scope) {
      scope.waits--;
      scope.turn(door.timer, key);
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
  scopeOf(id)?.settled();
}

/** Call a Python function on a stack that may wait (`run_sync` works below it). @param {any} callable */
export function promising(callable) {
  const scope = active;
  const call = () => callable.callPromising();
  return scope ? scope.turn(call) : call();
}
