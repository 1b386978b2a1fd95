"""A page, as a browser sees it."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/browser/markdown", markdown)
    router.post("/browser/picture", picture)


async def markdown(req: Request, ctx: RouteContext[Any]) -> Response:
    """The text of a page."""
    found = await ctx.browser("BROWSER").quick_action("markdown", url="https://example.com")
    told = await found.json()
    return Response.ok(told["result"])


async def picture(req: Request, ctx: RouteContext[Any]) -> Response:
    """A picture of the page in the body."""
    return await ctx.browser("BROWSER").quick_action(
        "screenshot", html=await req.text(), viewport={"width": 320, "height": 200}
    )
