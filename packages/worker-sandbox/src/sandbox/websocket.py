"""WebSockets: as the server, and as a client of another."""

from __future__ import annotations

from worker import (
    CloseEvent,
    ReadyState,
    Request,
    Response,
    RouteContext,
    Router,
    WebSocket,
    WebSocketPair,
)
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


async def ws_protocols(req: Request, ctx: RouteContext) -> Response:
    """Choose one of the protocols that the client offers; it stands in the answer's headers."""
    offered = req.headers.get("sec-websocket-protocol", "").replace(" ", "").split(",")
    chosen = next((name for name in ("chat.v2", "chat.v1") if name in offered), None)
    pair = WebSocketPair()
    pair.server.accept()
    ctx.wait_until(converse(pair.server, chosen))
    answer = Response.from_websocket(pair.client)
    return answer if chosen is None else answer.with_header("sec-websocket-protocol", chosen)


async def converse(socket: WebSocket, protocol: str | None) -> None:
    """Text, bytes and JSON go back; `bye` ends it with a code and a reason."""
    socket.send_json({"protocol": protocol})
    async for message in socket:
        if message == "bye":
            socket.close(4000, "as you wish")
        elif socket.ready_state == ReadyState.OPEN:
            socket.send(message)


async def ws_visit(req: Request, ctx: RouteContext) -> Response:
    """Visit another server: the protocol it chose, what it sent back, and how it ended."""
    socket = await WebSocket.connect(req.query()["url"], ["chat.v2", "chat.v1"])
    for message in ("text", b"\x00\xff", "bye"):
        socket.send(message)
    seen = [
        [event.code, event.reason, event.was_clean]
        if isinstance(event, CloseEvent)
        else event.text() or list(event.bytes() or b"")
        async for event in socket.events()
    ]
    return Response.from_json({"protocol": socket.protocol, "seen": seen})


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/ws-protocols", ws_protocols)
    router.get("/ws-visit", ws_visit)
    router.get("/websocket", websocket)
    router.get("/got-close-event", got_close_event)
    router.get("/ws-client", ws_client)
