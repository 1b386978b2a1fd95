"""Server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from worker import Request, Response, RouteContext, Router, sse

left: list[str] = []


async def ticks(_req: Request, ctx: RouteContext) -> Response:
    """Events, each sent when it happens."""

    async def events() -> AsyncIterator[sse.Event]:
        for number in range(ctx.param("count", int)):
            await asyncio.sleep(0.005)
            yield sse.Event(f"line {number}\nof two", event="tick", id=str(number))

    return sse.response(events())


async def forever(_req: Request, _ctx: RouteContext) -> Response:
    """Events until the client goes; `/sse/left` tells whether one has."""

    async def events() -> AsyncIterator[str]:
        try:
            while True:
                yield "still here"
                await asyncio.sleep(0.005)
        finally:
            left.append("left")

    return sse.response(events())


async def how_many_left(_req: Request, _ctx: RouteContext) -> Response:
    """How many clients have gone."""
    return Response.from_json(len(left))


async def read(req: Request, _ctx: RouteContext) -> Response:
    """The events of a body, as JSON."""
    found = [[event.event, event.id, event.data] async for event in sse.parse(req.stream())]
    return Response.from_json(found)


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/sse/:count", ticks)
    router.post("/sse", read)
    router.get("/sse/forever", forever)
    router.get("/sse/left", how_many_left)
