"""A pipeline: records on their way into R2."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/pipeline", send)


async def send(req: Request, ctx: RouteContext[Any]) -> Response:
    """Send two records."""
    await ctx.pipeline("EVENTS").send([{"event": "one"}, {"event": "two", "at": 1.5}])
    return Response.ok("sent")
