/** Milliseconds since the isolate's clock began. */
export const now = () => performance.now();

/** Write two values to the console. @param {unknown} label @param {unknown} value */
export const log = (label, value) => console.log(label, value);

/** Throw what nobody catches. */
export function fail() {
  throw new Error('Intentional JS error for testing recovery');
}

/** A promise that is never settled: the platform ends an event that waits for nothing else. */
export const never = () => new Promise(() => {});
