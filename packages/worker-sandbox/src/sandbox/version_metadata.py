"""Which version of the worker is running."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/version", version)


async def version(req: Request, ctx: RouteContext[Any]) -> Response:
    """The version's identifier and tag."""
    running = ctx.version_metadata("VERSION")
    return Response.from_json({"id": running.id, "tag": running.tag})
