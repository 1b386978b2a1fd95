"""Another worker, reached through a service binding."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/remote-by-request", by_request)
    router.get("/remote-by-path", by_path)


async def by_request(req: Request, ctx: RouteContext[Any]) -> Response:
    """Hand the request on as it came."""
    return await ctx.service("remote").fetch(req)


async def by_path(req: Request, ctx: RouteContext[Any]) -> Response:
    """Send another request to the same address."""
    return await ctx.service("remote").fetch(req.url, method="POST")
