/**
 * The JavaScript that Python calls, as one object. Python finds it by its path from `globalThis`, in every isolate: a
 * reference that the heap image holds is looked up again by that path.
 */
import { endEvent, envOf, eventOf, headersOf, invokeFor, keepEvent, promising, schedule, settleLater, startTimer, stopTimer, waitFor } from './events.mjs';
import * as email from './email.mjs';
import * as ffi from './ffi.mjs';
import { javascript } from './modules.mjs';
import * as response from './response.mjs';
import * as rpc from './rpc.mjs';
import * as signal from './signal.mjs';
import { startTls } from './sockfs.mjs';
import * as socket from './socket.mjs';
import * as streams from './streams.mjs';
import * as websocket from './websocket.mjs';

Object.defineProperty(globalThis, '__worker__', {
  configurable: true,
  value: {
    ...email, ...ffi, ...response, ...rpc, ...signal, ...socket, ...streams, ...websocket,
    schedule, startTimer, stopTimer, promising, startTls, endEvent, envOf, eventOf, headersOf, invokeFor, keepEvent, settleLater, waitFor, javascript,
  },
});
