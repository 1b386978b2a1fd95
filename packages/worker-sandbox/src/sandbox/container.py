"""A container beside a Durable Object: any program, started on demand, reached like a server."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from worker import (
    DurableObject,
    Env,
    Error,
    JsError,
    Request,
    Response,
    RouteContext,
    Router,
    State,
    WebSocket,
    WebSocketPair,
    durable_object,
)
from worker.websocket import CloseEvent

HOST: Final = "http://container.miniflare.mocks"
PORT: Final = 8080
NO_CODE: Final = 1005
BROKEN: Final = 1006


@durable_object
class EchoContainer(DurableObject):
    """Starts its container, waits until it answers, and hands every request on to it."""

    def __init__(self, state: State, env: Env) -> None:
        """Start it; it becomes ready beside the first calls."""
        super().__init__(state, env)
        self.container = state.container
        if self.container is None:
            raise JsError("failed to get container")
        if not self.container.running:
            try:
                self.container.start()
            except Error as error:
                raise JsError("failed to start container") from error
        self.ready = asyncio.ensure_future(self._wait_until_ready())
        state.wait_until(self.ready)

    async def _wait_until_ready(self) -> None:
        """Ask until it answers; its port is not open at once."""
        assert self.container is not None
        port = self.container.get_tcp_port(PORT)
        for _ in range(10):
            try:
                answer = await port.fetch(f"{HOST}/ping")
            except Error as error:
                if "container port not found" not in str(error):
                    raise JsError(f"failed to fetch ping: {error}") from error
                await asyncio.sleep(0.3)
            else:
                if not 200 <= answer.status < 300:
                    raise JsError("failed to fetch ping: bad status")
                return
        raise JsError("failed to fetch ping")

    async def fetch(self, req: Request) -> Response:
        """Hand the request on, as soon as the container is ready."""
        if self.container is None:
            return Response.error("No container", 500)
        await asyncio.shield(self.ready)
        return await self.container.get_tcp_port(PORT).fetch(req)


async def echo(req: Request, ctx: RouteContext[Any]) -> Response:
    """A body to the container and back."""
    stub = ctx.durable_object("ECHO_CONTAINER").get_by_name("my-container")
    return await stub.fetch(f"{HOST}/echo", method="POST", body=await req.text())


async def websocket(req: Request, ctx: RouteContext[Any]) -> Response:
    """A socket to the container."""
    pair = WebSocketPair()
    pair.server.accept()
    stub = ctx.durable_object("ECHO_CONTAINER").get_by_name("my-container")
    answer = await stub.fetch(f"{HOST}/ws", headers={"upgrade": "websocket"})
    inner = answer.websocket
    if inner is None:
        return Response.error("Expected websocket response", 500)
    inner.accept()
    ctx.wait_until(alternate(pair.server, inner))
    return Response.from_websocket(pair.client)


async def alternate(client: WebSocket, container: WebSocket) -> None:
    """One text from the client, one from the container; the close is handed on as it came."""
    async for event in client.events():
        if isinstance(event, CloseEvent):
            code = None if event.code in {NO_CODE, BROKEN} else event.code
            container.close(code, None if code is None else event.reason)
        elif (text := event.text()) is not None:
            container.send(text)
            client.send(await container.receive())


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.post("/container/echo", echo)
    router.get("/container/ws", websocket)
