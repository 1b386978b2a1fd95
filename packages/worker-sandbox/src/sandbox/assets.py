"""Static files beside the worker."""

from __future__ import annotations

from worker import Request, Response, RouteContext, Router


async def asset(req: Request, ctx: RouteContext) -> Response:
    """A file of the `public` folder."""
    return await ctx.assets("ASSETS").fetch(f"https://dummyurl.com/{ctx.param('name')}")


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/asset/:name", asset)
