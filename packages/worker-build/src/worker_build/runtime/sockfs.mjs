/**
 * Python's `socket` over the platform's TCP: Pyodide's socket file system, given connections of `cloudflare:sockets`.
 *
 * A call that waits puts its stack aside, as `run_sync` does. A connection belongs to the scope that opened it: what
 * another one does with it fails as a connection that was aborted, which pools take for a stale one.
 */
import { connect } from 'cloudflare:sockets';
import { current, waiting, whenBack } from './events.mjs';

/** Emscripten's numbers. */
const ECONNABORTED = 13;
const ECONNRESET = 15;
const EPROTO = 65;
const POLLIN = 1;
const POLLERR = 8;
const POLLHUP = 16;
const POLLNVAL = 32;

/** @typedef {{sock_ops: any, stream: any, wcgSocket: Connection | null}} Descriptor */

/** A socket of the platform that remembers why it broke, which Pyodide takes for its end. */
class Connection {
  /** @type {any} */
  failure;
  /** Something has come or gone. */
  used = false;
  /** The certificate's name, where it is not the host's. @type {string | null | undefined} */
  serverName;

  /** @param {Socket} socket @param {string} host @param {boolean} [secure] */
  constructor(socket, host, secure = false) {
    this.socket = socket;
    this.host = host;
    this.secure = secure;
    this.opened = socket.opened;
    this.closed = socket.closed;
    const noted = (/** @type {any} */ error) => {
      this.failure = error;
      throw error;
    };
    const used = (/** @type {any} */ result) => {
      // The platform says of a server that it does not trust that it has nothing to send.
      if (secure && !this.used && result?.done) this.failure = new Error('the other side could not be verified');
      this.used = true;
      return result;
    };
    this.readable = {
      getReader() {
        const reader = socket.readable.getReader();
        return { read: () => reader.read().then(used, noted), releaseLock: () => reader.releaseLock() };
      },
    };
    this.writable = {
      getWriter() {
        const writer = socket.writable.getWriter();
        return {
          write: (/** @type {Uint8Array} */ data) => writer.write(data).then(used, noted),
          releaseLock: () => writer.releaseLock(),
        };
      },
    };
  }

  close() {
    return this.socket.close();
  }

  /** Whether the other side is who it says shows in what is read or written next. */
  startTls() {
    const named = this.serverName && this.serverName !== this.host;
    const socket = this.socket.startTls(named ? { expectedServerHostname: this.serverName ?? undefined } : {});
    return new Connection(socket, this.host, true);
  }
}

/** Of the interpreter that is alive. @type {any} */
let api;
/** @type {(fd: number) => Descriptor} */
let find;
/** The scope that made a socket. @type {WeakMap<Descriptor, object | null>} */
const owners = new WeakMap();

/** @param {any} Module @param {any} API */
export function lendSockets(Module, API) {
  API.initializeNodeSockFS((/** @type {SocketAddress} */ address, /** @type {SocketOptions} */ options) =>
    new Connection(connect(address, options), address.hostname));
  const { createSocket, getSocket } = Module.SOCKFS;
  api = API._nodeSock;
  find = getSocket;
  Module.SOCKFS.createSocket = (/** @type {unknown[]} */ ...given) => {
    const socket = /** @type {Descriptor} */ (createSocket(...given));
    owners.set(socket, current());
    const { sock_ops: calls, stream } = socket;
    socket.sock_ops = {
      ...calls,
      connectAsync: owned(calls.connectAsync),
      recvmsgAsync: owned(async (socket, length) => await calls.recvmsgAsync(socket, length) || broken(socket)),
      sendmsgAsync: owned(async (socket, data) => {
        const sent = await calls.sendmsgAsync(socket, data);
        return sent < 0 && broken(socket) || sent;
      }),
      pollAsync: owned(calls.pollAsync, POLLIN | POLLHUP),
    };
    stream.stream_ops = { ...stream.stream_ops, close: () => close(socket, calls.close) };
    return socket;
  };
  Module.SOCKFS.pollAsync = (/** @type {[number, number, number]} */ ...given) =>
    Module.validSuspender.value ? poll(Module, ...given) : null;
  // What asyncio reads with.
  const { recv } = api;
  api.recv = async (/** @type {number} */ fd, /** @type {number} */ length) => {
    const data = await recv(fd, length);
    const failure = data.length ? undefined : find(fd)?.wcgSocket?.failure;
    if (failure) throw failure;
    return data;
  };
}

/**
 * Wait for the first of several sockets. Pyodide's own would write what it found where another stack may be by then.
 * @param {any} Module @param {number} entries address of C's `struct pollfd`s @param {number} count @param {number} timeout in ms
 */
async function poll(Module, entries, count, timeout) {
  const asked = Array.from({ length: count }, (_, at) => entries + 8 * at);
  /** @type {number[]} */
  const found = asked.map(() => 0);
  whenBack(() => asked.forEach((entry, at) => { Module.HEAP16[(entry + 6) >> 1] = found[at]; }));
  await Promise.all(asked.map(async (entry, at) => {
    const socket = find(Module.HEAP32[entry >> 2]);
    const wanted = Module.HEAP16[(entry + 4) >> 1] | POLLERR | POLLHUP;
    found[at] = socket ? wanted & await socket.sock_ops.pollAsync(socket, wanted, timeout) : POLLNVAL;
  }));
  return found.filter(Boolean).length;
}

/**
 * Encrypt a connection.
 * @param {number} fd @param {string | null} [name] the certificate's, where it is not the host that was connected to
 * @returns {Promise<number>} 0, or a negative error number
 */
export async function startTls(fd, name) {
  const { wcgSocket } = find(fd);
  if (wcgSocket) wcgSocket.serverName = name;
  return api.startTls(fd);
}

/**
 * An operation that its scope waits for.
 * @param {(socket: Descriptor, ...given: any[]) => Promise<unknown>} operation
 * @param {number} foreign what another scope gets
 */
const owned = (operation, foreign = -ECONNABORTED) => async (/** @type {Descriptor} */ socket, /** @type {any[]} */ ...given) => {
  if (owners.get(socket) !== current()) {
    console.warn('a socket was used in another event than the one that opened it: open a connection in each event');
    return foreign;
  }
  const settled = waiting();
  try {
    return await operation(socket, ...given);
  } finally {
    settled();
  }
};

/** The error number of a connection that broke, else 0. @param {Descriptor} socket */
const broken = ({ wcgSocket }) => (wcgSocket?.failure ? -(wcgSocket.secure ? EPROTO : ECONNRESET) : 0);

/**
 * The collector may close a socket in any event; the platform has closed it already when its own one ended.
 * @param {Descriptor} socket @param {(socket: Descriptor) => number} operation
 */
function close(socket, operation) {
  if (owners.get(socket) !== current()) socket.wcgSocket = null;
  operation(socket);
}
