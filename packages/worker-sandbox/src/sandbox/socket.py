"""TCP sockets: as streams, and those of the standard library."""

from __future__ import annotations

import asyncio
import selectors
import socket
import ssl
from collections.abc import Callable

from worker import Request, Response, RouteContext, Router, run_blocking, run_sync
from worker.errors import SocketError
from worker.socket import SecureTransport, connect

_kept: list[socket.socket] = []
"""Connections of events that are over."""


async def socket_failed(req: Request, ctx: RouteContext) -> Response:
    """Nobody listens at that port."""
    connection = connect(
        "127.0.0.1", 25000, secure_transport=SecureTransport.OFF, allow_half_open=False
    )
    try:
        await connection.opened()
    except SocketError as error:
        return Response.ok(repr(error))
    return Response.error("Socket should have failed to open.", 500)


async def socket_read(req: Request, ctx: RouteContext) -> Response:
    """Write, and read exactly as much."""
    connection = connect("127.0.0.1", 8080)
    await connection.opened()
    connection.writer.write(b"ping")
    await connection.writer.drain()
    assert await connection.reader.readexactly(4) == b"ping"
    await connection.close()
    await connection.closed()
    return Response.ok("success")


async def encrypted(req: Request, ctx: RouteContext) -> Response:
    """Ask an echo server that is encrypted from the start."""
    host, port = _server(req)
    try:
        async with connect(host, port, secure_transport=SecureTransport.ON) as connection:
            connection.writer.write(b"ping\n")
            await connection.writer.drain()
            return Response.from_bytes(await connection.reader.readline())
    except SocketError as error:
        return Response.error(str(error), 502)


async def encrypted_later(req: Request, ctx: RouteContext) -> Response:
    """Speak in the clear until both sides agree, as mail servers and databases do."""
    host, port = _server(req)
    try:
        connection = connect(host, port, secure_transport=SecureTransport.START_TLS)
        connection.writer.write(b"STARTTLS\n")
        await connection.writer.drain()
        assert await connection.reader.readline() == b"go ahead\n"
        async with connection.start_tls(expected_server_hostname=req.query().get("name")) as secure:
            secure.writer.write(b"ping\n")
            await secure.writer.drain()
            return Response.from_bytes(await secure.reader.readline())
    except SocketError as error:
        return Response.error(str(error), 502)


async def standard(req: Request, ctx: RouteContext) -> Response:
    """Code that knows nothing of workers, where it may wait; what it raises is named."""
    ask = _STANDARD[ctx.param("what")]
    try:
        return Response.ok(await run_blocking(ask, *_server(req)))
    except OSError as error:
        return Response.error(f"{type(error).__name__}: {error.strerror or error}", 502)


async def standard_in_coroutine(req: Request, ctx: RouteContext) -> Response:
    """A stack that cannot wait: the error says what can."""
    socket.create_connection(_server(req))
    return Response.ok("connected")


def echo(host: str, port: int) -> str:
    """Send a line and read it back."""
    with socket.create_connection((host, port)) as connection:
        connection.sendall(b"ping\n")
        with connection.makefile("rb") as lines:
            return lines.readline().decode()


def large(host: str, port: int) -> str:
    """A megabyte, there and back."""
    sent, received = bytes(range(256)) * 4096, bytearray()
    with socket.create_connection((host, port)) as connection:
        for start in range(0, len(sent), 65536):
            connection.sendall(sent[start : start + 65536])
            while len(received) < start + 65536:
                received += connection.recv(65536)
    return str(bytes(received) == sent)


def late(host: str, port: int) -> str:
    """A server that says nothing."""
    with socket.create_connection((host, port), timeout=0.2) as connection:
        return connection.recv(1).decode()


def secure(host: str, port: int) -> str:
    """The same line, encrypted."""
    with (
        socket.create_connection((host, port)) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as connection,
    ):
        connection.sendall(b"ping\n")
        return connection.recv(100).decode()


def secure_listening(host: str, port: int) -> str:
    """Encrypted, and the server speaks first."""
    with (
        socket.create_connection((host, port)) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as connection,
    ):
        return connection.recv(100).decode()


def together(host: str, port: int) -> str:
    """Wait for the first of two connections that has something to say."""
    with (
        socket.create_connection((host, port)) as silent,
        socket.create_connection((host, port)) as spoken,
        selectors.DefaultSelector() as selector,
    ):
        selector.register(silent, selectors.EVENT_READ, "silent")
        selector.register(spoken, selectors.EVENT_READ, "spoken")
        spoken.sendall(b"ping\n")
        return ",".join(key.data for key, _ in selector.select(2))


def keep(host: str, port: int) -> str:
    """Leave a connection open; another event finds it."""
    _kept.append(socket.create_connection((host, port)))
    return "kept"


def kept(host: str, port: int) -> str:
    """Use what an event that is over has opened."""
    with _kept.pop() as connection:
        connection.sendall(b"ping\n")
        return "sent"


def streams(host: str, port: int, *, encrypted: bool = False) -> str:
    """Streams of asyncio itself."""

    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection(host, port, ssl=encrypted or None)
        writer.write(b"ping\n")
        line = await reader.readline()
        writer.close()
        return line

    return run_sync(ask()).decode()


def secure_streams(host: str, port: int) -> str:
    """Streams of asyncio itself, encrypted."""
    return streams(host, port, encrypted=True)


_STANDARD: dict[str, Callable[[str, int], str]] = {
    call.__name__: call
    for call in (
        echo, large, late, secure, secure_listening, together, keep, kept, streams, secure_streams,
    )
}  # fmt: skip


def _server(req: Request) -> tuple[str, int]:
    query = req.query()
    return query.get("host", "localhost"), int(query["port"])


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/socket/failed", socket_failed)
    router.get("/socket/read", socket_read)
    router.get("/socket/tls", encrypted)
    router.get("/socket/starttls", encrypted_later)
    router.get("/socket/standard/:what", standard)
    router.get("/socket/in-coroutine", standard_in_coroutine)
