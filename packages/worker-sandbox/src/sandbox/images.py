"""Pictures: what one is, and another made of it."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.post("/images/info", info)
    router.post("/images/thumbnail", thumbnail)


async def info(req: Request, ctx: RouteContext[Any]) -> Response:
    """What the picture in the body is."""
    return Response.from_json(await ctx.images("IMAGES").info(req))


async def thumbnail(req: Request, ctx: RouteContext[Any]) -> Response:
    """The picture in the body, two pixels wide, as WebP."""
    image = ctx.images("IMAGES").input(await req.bytes()).transform(width=2, height=2)
    return (await image.output("image/webp", quality=80)).response()
