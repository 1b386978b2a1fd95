// WebSockets as Python reads them: events wait in a queue here until it asks for the next one.

/** Both ends of a new pair. */
export function websocketPair() {
  const pair = new WebSocketPair();
  return [pair[0], pair[1]];
}

class Inbox {
  /** @type {unknown[][]} */
  #queue = [];
  /** @type {((event: unknown[]) => void)[]} */
  #waiting = [];
  /** @type {() => void} */
  #closed = () => {};
  #end = new Promise(resolve => (this.#closed = () => resolve(undefined)));

  /** @param {WebSocket} socket @param {boolean} halfOpen */
  constructor(socket, halfOpen) {
    // Where Blob is the default, messages would have to be awaited one by one.
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', event => this.#put(['message', event.data]));
    socket.addEventListener('close', event => {
      this.#put(['close', event.code, event.reason, event.wasClean]);
      if (!halfOpen) answerClose(socket, event);
      this.#closed();
    });
    socket.addEventListener('error', event => {
      this.#put(['error', /** @type {any} */ (event).message || 'the connection broke']);
      this.#closed();
    });
  }

  /** @param {unknown[]} event */
  #put(event) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(event);
    else this.#queue.push(event);
  }

  next() {
    const event = this.#queue.shift();
    return event ? Promise.resolve(event) : new Promise(resolve => this.#waiting.push(resolve));
  }

  /** @param {() => void} callback called once, when the connection has ended */
  whenClosed(callback) {
    void this.#end.then(() => callback());
  }
}

/**
 * The platform answers a close by itself only at newer compatibility dates; unanswered, the
 * connection would stay half open, and its event be called hung.
 * @param {WebSocket} socket
 * @param {CloseEvent} event
 */
function answerClose(socket, event) {
  if (socket.readyState !== WebSocket.CLOSING) return;
  try {
    // 1005 and 1006 stand for codes that were not sent, and may not be.
    if (event.code === 1005 || event.code === 1006) socket.close();
    else socket.close(event.code, event.reason);
  } catch {
    // It is closed already.
  }
}

/**
 * @param {WebSocket} socket not accepted yet, so that no message is missed
 * @param {boolean} halfOpen whether it may be written to after the other end has closed
 */
export function listen(socket, halfOpen) {
  return new Inbox(socket, halfOpen);
}
