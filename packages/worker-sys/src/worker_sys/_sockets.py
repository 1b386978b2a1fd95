"""The standard library's `socket` and `ssl` in a worker: what they cannot do is told as an error.

A call that waits needs a stack that can be put aside, as `run_sync` does. The JavaScript half is
`runtime/sockfs.mjs` of worker-build. Imported in Pyodide only.
"""

from __future__ import annotations

import errno
import functools
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final

from worker_sys import js
from worker_sys.aio import check_can_wait, run_sync
from worker_sys.events import ensure_running

_WAITING: Final = ("connect", "connect_ex", "recv", "recv_into", "send", "sendall")
_DISTRUST: Final = (
    "no secure connection: the certificate is not trusted or belongs to another host, or the "
    "server does not speak TLS or has hung up; the worker's log has the reason"
)


def install() -> None:
    """Make the standard library's sockets those of a worker; called once, for the image."""
    for name in _WAITING:
        setattr(socket.socket, name, _waiting(getattr(socket.socket, name)))
    ssl.SSLSocket.do_handshake = _do_handshake


def _waiting(call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def method(self: socket.socket, *args: Any) -> Any:
        check_can_wait(f"socket.{call.__name__}")
        try:
            return call(self, *args)
        except OSError as error:
            if error.errno != errno.EPROTO:
                raise
            raise ssl.SSLError(errno.EPROTO, _DISTRUST) from None
        finally:
            ensure_running()

    return method


def _do_handshake(self: ssl.SSLSocket, block: bool = False) -> None:
    if run_sync(js.runtime.startTls(self.fileno(), self.server_hostname)):
        raise ssl.SSLError(errno.ENOTCONN, "TLS begins on a connection that is open")
