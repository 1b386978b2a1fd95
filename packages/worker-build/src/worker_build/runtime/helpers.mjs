/**
 * The JavaScript that Python calls, as one object. Python finds it by its path from `globalThis`, in every isolate: a
 * reference that the heap image holds is looked up again by that path.
 */
import * as events from './events.mjs';
import * as ffi from './ffi.mjs';

const { schedule, startTimer, stopTimer, promising, resume } = events;

Object.defineProperty(globalThis, '__worker__', {
  configurable: true,
  value: { ...ffi, schedule, startTimer, stopTimer, promising, resume },
});
