"""JavaScript of one's own, beside the Python that calls it."""

from __future__ import annotations

from worker import Request, Response, RouteContext, Router, js_module

clock = js_module("./clock.mjs")


async def now(req: Request, ctx: RouteContext) -> Response:
    """A value from JavaScript."""
    return Response.ok(f"now: {clock.now()}")


async def log(req: Request, ctx: RouteContext) -> Response:
    """Arguments for JavaScript."""
    clock.log("first log:", "test")
    return Response.ok("OK")


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/js_snippets/now", now)
    router.get("/js_snippets/log", log)
