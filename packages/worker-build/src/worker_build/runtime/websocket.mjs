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

  /** @param {WebSocket} socket */
  constructor(socket) {
    // Where Blob is the default, messages would have to be awaited one by one.
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', event => this.#put(['message', event.data]));
    socket.addEventListener('close', event => {
      this.#put(['close', event.code, event.reason, event.wasClean]);
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

/** @param {WebSocket} socket not accepted yet, so that no message is missed */
export function listen(socket) {
  return new Inbox(socket);
}
