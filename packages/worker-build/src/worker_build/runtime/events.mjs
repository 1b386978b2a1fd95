/**
 * Events and the turns in which Python runs for them.
 *
 * workerd runs a callback in the context of the event that scheduled it, and ends an event in which nothing is left
 * to happen as hung. So Python's event loop has no turn of its own: each scope (one event, or all events of one
 * Durable Object, which share one context) has a queue in Python, and the microtask that woke it drains that queue.
 */
import { hold, onStack } from './ffi.mjs';
import { policy } from './host.mjs';
import { responseOf } from './response.mjs';

/** Python's side, `worker._dispatch`, of the instance that is alive. @type {any} */
export let door = null;

/** Where its function `plain` is. */
let plain = 0;

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
  events.clear();
  active = null;
  early = [];
  plain = hold(door.plain);
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

/** Events that are not over, by their ids: Python asks for one by its id, when it needs more than method and URL. @type {Map<number, Event>} */
const events = new Map();
let lastEvent = 0;
/** Of the latest event: every event of an isolate is given the same. @type {any} */
let latestEnv;

/** Run `call` as soon as no Python is on the stack: mostly now, see `schedule`. @param {() => void} call */
function whole(call) {
  if (depth) early.push(call);
  else call();
}

/** What a turn of Python answers for an event; a Response, or one as a string, is the answer itself. */
const PENDING = undefined;
/** A plain function is put aside, which wants a stack that may wait. */
const ASIDE = false;

/** One call from the platform. */
export class Event {
  id = ++lastEvent;
  /** @type {((value: any) => void) | undefined} */ #resolve;
  /** @type {((error: any) => void) | undefined} */ #reject;
  /** @type {Promise<any> | undefined} */ #promise;

  /** @param {Scope} scope @param {any} env @param {any} ctx @param {any} [request] the request, batch, controller, message … */
  constructor(scope, env, ctx, request) {
    this.scope = scope;
    this.env = latestEnv = env;
    this.ctx = ctx;
    this.request = request;
    events.set(this.id, this);
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

  /** A response as one string. @param {string} text */
  respond(text) {
    this.resolve(responseOf(text));
  }

  /** Something other than a promise will wake Python in this event. */
  listen() {
    this.scope.listening = true;
  }

  /** Python has nothing left to do for this event. */
  end() {
    events.delete(this.id);
    if (!this.scope.lasting) this.scope.end();
  }

  /**
   * Run Python for this event for the first time.
   * @param {() => any} call @returns {any} the answer, or a promise of it
   */
  begin(call) {
    const answer = this.scope.turn(call);
    if (typeof answer === 'string') return this.#response(answer);
    if (typeof answer === 'object') return answer;
    this.#waits(answer);
    return this.promise;
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
    if (typeof answer === 'string') this.resolve(this.#response(answer));
    else if (typeof answer === 'object') this.resolve(answer);
    else this.#waits(answer);
  }

  /** @param {any} answer */
  #waits(answer) {
    if (answer === ASIDE) this.#aside();
    else if (answer === PENDING) this.scope.check();
  }

  /** A `+` in front: the event goes on after its answer. @param {string} answer */
  #response(answer) {
    if (answer.charCodeAt(0) === 0x2b) return responseOf(answer.slice(1));
    this.end();
    return responseOf(answer);
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

/** @param {number} id */
export const eventOf = id => events.get(id);

/** @param {number} id */
export const envOf = id => events.get(id)?.env ?? latestEnv;

/** @param {number} id */
export const endEvent = id => events.get(id)?.end();

/** The coroutine of an event goes on with what the promise brings, in the microtask that settles it. @param {number} id @param {any} promise */
export const waitFor = (id, promise) => events.get(id)?.wait(promise);

/** Call a method, and let the coroutine of an event go on with what it, or its promise, brings. @param {number} id @param {any} target @param {string} method @param {unknown[]} args */
export function invokeFor(id, target, method, ...args) {
  waitFor(id, Promise.resolve(target[method](...args)));
}

/** Set a future of Python when the promise is settled, and run what waits for it in the same turn. @param {number} id of the scope @param {any} promise @param {number} key */
export function settleLater(id, promise, key) {
  const scope = scopes.get(id);
  const here = door;
  if (scope) scope.waits++;
  const settle = (/** @type {boolean} */ failed) => (/** @type {any} */ value) => {
    whole(() => {
      if (here !== door) return;
      if (scope) {
        scope.waits--;
        scope.turn(() => here.settled(id, key, failed, value));
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
