// TCP: the one platform module whose `connect` has no global.

import { connect } from 'cloudflare:sockets';

/**
 * @param {SocketAddress} address
 * @param {SocketOptions} options
 */
export function connectSocket(address, options) {
  return connect(address, options);
}
