"""WebSockets: as the server, and as a client of another."""

from __future__ import annotations

from worker import Request, Response, RouteContext, Router, WebSocket, WebSocketPair
from worker.kv import KvStore


async def websocket(req: Request, ctx: RouteContext) -> Response:
    """Send every text back, and remember that the client has closed."""
    pair = WebSocketPair()
    pair.server.accept()
    ctx.wait_until(echo(pair.server, ctx.kv("SOME_NAMESPACE")))
    return Response.from_websocket(pair.client)


async def echo(socket: WebSocket, remember: KvStore) -> None:
    """Goes on after the response, for as long as the socket is open."""
    async for message in socket:
        if isinstance(message, str):
            socket.send(message)
    await remember.put("got-close-event", "true")


async def got_close_event(req: Request, ctx: RouteContext) -> Response:
    """Whether a client has closed."""
    return Response.ok(await ctx.kv("SOME_NAMESPACE").get("got-close-event") or "false")


async def ws_client(req: Request, ctx: RouteContext) -> Response:
    """Connect to another server and wait for its first message."""
    async with await WebSocket.connect("wss://echo.miniflare.mocks/") as socket:
        socket.send("Hello, world!")
        async for message in socket:
            if isinstance(message, str):
                return Response.ok(message)
    return Response.error("never got a message echoed back :(", 500)


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/websocket", websocket)
    router.get("/got-close-event", got_close_event)
    router.get("/ws-client", ws_client)
