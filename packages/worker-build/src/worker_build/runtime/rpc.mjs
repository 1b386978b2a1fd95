/** What crosses to another worker by reference. */

/**
 * A function that runs Python and lets go of it when the other side has: the platform calls the disposer of a function
 * whose last stub is gone.
 * @param {(...args: any[]) => any} call @param {() => void} release
 */
export const disposable = (call, release) =>
  Object.assign((/** @type {any[]} */ ...args) => call(...args), { [Symbol.dispose]: () => release() });
