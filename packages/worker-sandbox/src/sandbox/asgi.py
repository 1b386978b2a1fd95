"""An ASGI application below a prefix. FastAPI, Starlette and Django are used in the same way."""

from __future__ import annotations

import asyncio
from typing import Any

from worker import Request, Response, RouteContext, Router, asgi

events: list[str] = []


async def application(scope: Any, receive: Any, send: Any) -> None:
    """An application in the protocol itself: what frameworks make of it is theirs."""
    await HANDLERS[scope["type"]](scope, receive, send)


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Run once for each isolate, inside its first event."""
    await receive()
    await asyncio.sleep(0.001)
    events.append("startup")
    scope["state"]["pool"] = "ready"
    await send({"type": "lifespan.startup.complete"})
    await receive()
    events.append("shutdown")


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Echo the body, piece by piece, or tell about the request."""
    path = scope["path"].removeprefix(scope["root_path"])
    headers = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    if path == "/download":
        given = [value for name, value in scope["headers"] if name == b"x-name"]
        headers = [(b"content-disposition", b'attachment; filename="' + given[0] + b'"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": scope["raw_path"]})
        return
    if path == "/nothing":
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if path == "/echo":
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            body = message.get("body", b"")
            await send({"type": "http.response.body", "body": body, "more_body": more})
        return
    var = scope["env"].var("SOME_VARIABLE")
    body = f"{scope['method']} {path} {scope['state']['pool']} {events} {var}".encode()
    await send({"type": "http.response.body", "body": body})
    await asyncio.sleep(0.001)
    events.append("background")


async def websocket(scope: Any, receive: Any, send: Any) -> None:
    """Accept the first protocol offered, and echo both kinds of frames."""
    await receive()
    if not scope["subprotocols"]:
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            events.append(f"left with {message['code']}")
            return
        if message.get("text") == "bye":
            await send({"type": "websocket.close", "code": 4000, "reason": "as you wish"})
            return
        reply = {key: message[key] for key in ("text", "bytes") if message.get(key) is not None}
        await send({"type": "websocket.send", **reply})


HANDLERS = {"lifespan": lifespan, "http": http, "websocket": websocket}

mounted = asgi.app(application, root_path="/asgi")


async def serve(req: Request, ctx: RouteContext) -> Response:
    """Hand everything below the prefix to the application."""
    return await mounted(req, ctx.env, ctx.context)


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/asgi/*rest", serve)
    router.post("/asgi/*rest", serve)
