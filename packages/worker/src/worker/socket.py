r"""TCP sockets, read and written as asyncio's streams are.

    socket = connect("example.com", 80)
    socket.writer.write(b"GET / HTTP/1.0\r\n\r\n")
    await socket.writer.drain()
    head = await socket.reader.readuntil(b"\r\n\r\n")

Source: workers-rs `Socket`, `ConnectionBuilder`;
https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/
"""

from __future__ import annotations

from asyncio import IncompleteReadError
from collections.abc import AsyncIterator, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Literal, Self, TypedDict, final

from worker_sys import calls, convert, js

from worker._handle import Handle
from worker.errors import JsError, SocketError, recast
from worker.streams import ByteStream, WritableStream

__all__ = [
    "ConnectOptions",
    "SecureTransport",
    "Socket",
    "SocketInfo",
    "SocketReader",
    "SocketWriter",
    "connect",
    "open_connection",
]

_HIGH_WATER: Final = 64 * 1024


@contextmanager
def _socket_errors() -> Generator[None]:
    """What the platform raises about a connection, as `SocketError`."""
    try:
        yield
    except JsError as error:
        raise recast(error, SocketError) from error.__cause__


class SecureTransport(StrEnum):
    """Whether the connection is encrypted: never, from the start, or from `start_tls` on."""

    OFF = "off"
    ON = "on"
    START_TLS = "starttls"


class ConnectOptions(TypedDict, total=False):
    """How a binding opens a connection.

    Attributes:
        secure_transport: whether to speak TLS; off when not given.
        allow_half_open: whether writing may go on after the other side ended its half.
        high_water_mark: bytes that may wait to be written.
    """

    secure_transport: Literal["off", "on", "starttls"]
    allow_half_open: bool
    high_water_mark: int


@final
@dataclass(frozen=True, slots=True)
class SocketInfo:
    """The ends of an open connection, as `host:port`; None where the platform does not say."""

    remote_address: str | None
    local_address: str | None


def connect(
    host: str,
    port: int,
    *,
    secure_transport: SecureTransport | str | None = None,
    allow_half_open: bool | None = None,
) -> Socket:
    """Connect to a TCP server. Returns at once; `await socket.opened()` to see whether it worked.

    Args:
        host: a name or an address.
        port: 1 to 65535, but 25.
        secure_transport: `off` when not given.
        allow_half_open: keep sending after the server has ended its side.

    Source: workers-rs `Socket::builder`, `ConnectionBuilder`.
    """
    transport = None if secure_transport is None else SecureTransport(secure_transport).value
    options = convert.options(secureTransport=transport, allowHalfOpen=allow_half_open)
    address = convert.options(hostname=host, port=port)
    with _socket_errors():
        return Socket._from_js(calls.call(js.runtime, "connectSocket", address, options))


async def open_connection(
    host: str,
    port: int,
    *,
    secure_transport: SecureTransport | str | None = None,
    allow_half_open: bool | None = None,
) -> tuple[SocketReader, SocketWriter]:
    """As `asyncio.open_connection`: wait for the connection, and give its reader and writer."""
    socket = connect(host, port, secure_transport=secure_transport, allow_half_open=allow_half_open)
    await socket.opened()
    return socket.reader, socket.writer


@final
class Socket(Handle):
    """A TCP connection.

    Attributes:
        reader: what the server sends.
        writer: what is sent to the server.

    Source: workers-rs `Socket`.
    """

    __slots__ = ("reader", "writer")

    reader: SocketReader
    writer: SocketWriter

    @classmethod
    def _from_js(cls, js: Any) -> Socket:
        socket = super()._from_js(js)
        socket.reader = SocketReader(ByteStream._from_js(js.readable))
        socket.writer = SocketWriter(WritableStream._from_js(js.writable), socket)
        return socket

    @property
    def secure_transport(self) -> SecureTransport:
        """Whether it is encrypted, or may be."""
        return SecureTransport(self.js.secureTransport)

    @property
    def upgraded(self) -> bool:
        """Whether `start_tls` has taken its place."""
        return bool(self.js.upgraded)

    async def opened(self) -> SocketInfo:
        """Wait for the connection.

        Raises:
            SocketError: it could not be made.
        """
        with _socket_errors():
            info = await calls.acall(js.runtime, "property", self.js, "opened")
        addresses = (getattr(info, name, None) for name in ("remoteAddress", "localAddress"))
        return SocketInfo(*(convert.to_py(address) for address in addresses))

    async def closed(self) -> None:
        """Wait for the end of the connection.

        Raises:
            SocketError: it broke.
        """
        with _socket_errors():
            await calls.acall(js.runtime, "property", self.js, "closed")

    async def close(self) -> None:
        """End the connection, both ways, at once."""
        with _socket_errors():
            await calls.acall(self.js, "close")

    def start_tls(self, *, expected_server_hostname: str | None = None) -> Socket:
        """Encrypt a connection made with `SecureTransport.START_TLS`; go on with the result alone.

        Everything written must have been drained. `reader` and `writer` of this socket are dead
        afterwards.

        Args:
            expected_server_hostname: the certificate's name, where it is not the host.
        """
        self.reader._release()
        self.writer._release()
        options = convert.options(expectedServerHostname=expected_server_hostname)
        with _socket_errors():
            return Socket._from_js(calls.call(self.js, "startTls", options))

    async def __aenter__(self) -> Self:
        await self.opened()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


@final
class SocketReader:
    """The incoming side, with the methods of `asyncio.StreamReader`."""

    __slots__ = ("_buffer", "_ended", "_stream")

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._buffer = bytearray()
        self._ended = False

    def at_eof(self) -> bool:
        """Whether everything has been read."""
        return self._ended and not self._buffer

    async def read(self, n: int = -1) -> bytes:
        """Up to `n` bytes, at least one; everything to the end with -1; empty at the end."""
        if n < 0:
            while await self._fill():
                pass
            return self._cut(len(self._buffer))
        if n and not self._buffer:
            await self._fill()
        return self._cut(min(n, len(self._buffer)))

    async def readexactly(self, n: int) -> bytes:
        """Exactly `n` bytes.

        Raises:
            asyncio.IncompleteReadError: the connection ended first.
        """
        while len(self._buffer) < n:
            if not await self._fill():
                raise IncompleteReadError(self._cut(len(self._buffer)), n)
        return self._cut(n)

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        """Everything up to `separator`, with it.

        Raises:
            asyncio.IncompleteReadError: the connection ended first.
        """
        if not separator:
            raise ValueError("the separator is empty")
        start = 0
        while (found := self._buffer.find(separator, start)) < 0:
            start = max(0, len(self._buffer) - len(separator) + 1)
            if not await self._fill():
                raise IncompleteReadError(self._cut(len(self._buffer)), None)
        return self._cut(found + len(separator))

    async def readline(self) -> bytes:
        """One line with its end; what is left when the connection ends first."""
        try:
            return await self.readuntil()
        except IncompleteReadError as error:
            return error.partial

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while line := await self.readline():
            yield line

    async def _fill(self) -> bool:
        with _socket_errors():
            chunk = None if self._ended else await self._stream.read()
        if chunk is None:
            self._ended = True
            return False
        self._buffer += chunk
        return True

    def _cut(self, n: int) -> bytes:
        data = bytes(self._buffer[:n])
        del self._buffer[:n]
        return data

    def _release(self) -> None:
        self._stream._unlock()


@final
class SocketWriter:
    """The outgoing side, with the methods of `asyncio.StreamWriter`."""

    __slots__ = ("_closing", "_pending", "_socket", "_stream")

    def __init__(self, stream: WritableStream, socket: Socket) -> None:
        self._stream = stream
        self._socket = socket
        self._pending = bytearray()
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Put bytes into the buffer; `await drain()` sends them."""
        if self._closing:
            raise SocketError("the connection is closing")
        self._pending += data

    def writelines(self, data: Iterable[bytes | bytearray | memoryview]) -> None:
        """`write` each."""
        for piece in data:
            self.write(piece)

    async def drain(self) -> None:
        """Send what was written; returns when the connection has room for more.

        Raises:
            SocketError: the connection broke.
        """
        while self._pending:
            piece = bytes(self._pending[:_HIGH_WATER])
            del self._pending[:_HIGH_WATER]
            with _socket_errors():
                await self._stream.write(piece)

    def can_write_eof(self) -> bool:
        """True: see `write_eof`."""
        return True

    async def write_eof(self) -> None:
        """Send what was written, and end this side."""
        await self.drain()
        self._closing = True
        with _socket_errors():
            await self._stream.aclose()

    def is_closing(self) -> bool:
        """Whether `close` or `write_eof` was called."""
        return self._closing

    def close(self) -> None:
        """Stop writing; `wait_closed` sends what was written and ends the connection."""
        self._closing = True

    async def wait_closed(self) -> None:
        """Send what was written, and end the connection."""
        self._closing = True
        await self.drain()
        await self._socket.close()

    def _release(self) -> None:
        writer, self._stream._writer = self._stream._writer, None
        if writer is not None:
            calls.call(writer, "releaseLock")
