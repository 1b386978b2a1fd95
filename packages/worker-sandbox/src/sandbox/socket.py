"""TCP sockets."""

from __future__ import annotations

from worker import Request, Response, RouteContext, Router
from worker.errors import SocketError
from worker.socket import SecureTransport, connect


async def socket_failed(req: Request, ctx: RouteContext) -> Response:
    """Nobody listens at that port."""
    socket = connect(
        "127.0.0.1", 25000, secure_transport=SecureTransport.OFF, allow_half_open=False
    )
    try:
        await socket.opened()
    except SocketError as error:
        return Response.ok(repr(error))
    return Response.error("Socket should have failed to open.", 500)


async def socket_read(req: Request, ctx: RouteContext) -> Response:
    """Write, and read exactly as much."""
    socket = connect("127.0.0.1", 8080)
    await socket.opened()
    socket.writer.write(b"ping")
    await socket.writer.drain()
    assert await socket.reader.readexactly(4) == b"ping"
    await socket.close()
    await socket.closed()
    return Response.ok("success")


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/socket/failed", socket_failed)
    router.get("/socket/read", socket_read)
