/** What crosses to another worker by reference. */

/**
 * A function that runs Python and lets go of it when the other side has: the platform calls the disposer of a function
 * whose last stub is gone.
 * @param {(...args: any[]) => any} call @param {() => void} release
 */
export const disposable = (call, release) =>
  Object.assign((/** @type {any[]} */ ...args) => call(...args), { [Symbol.dispose]: () => release() });

/**
 * Throw a Durable Object away, in the next microtask: the platform ends the JavaScript that asks at once, and would
 * leave the Python frames below it as they are.
 * @param {any} ctx @param {string} [reason]
 */
export const abortObject = (ctx, reason) => queueMicrotask(() => ctx.abort(reason));
