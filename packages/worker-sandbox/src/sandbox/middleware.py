"""Middleware: what is the same for many routes, written once."""

from __future__ import annotations

import time
from typing import Any

from worker import Request, Response, RouteContext, Router
from worker.router import Next

api: Router[Any] = Router()


async def timed(req: Request, ctx: RouteContext[Any], next: Next) -> Response:
    """Around every handler: before it, and after it."""
    begun = time.monotonic()
    answer = await next(req, ctx)
    passed = (time.monotonic() - begun) * 1000
    return answer.with_header("server-timing", f"handler;dur={passed:.1f}")


async def guarded(req: Request, ctx: RouteContext[Any], next: Next) -> Response:
    """In its place: whoever has no key goes no further."""
    if req.headers.get("authorization") != f"Bearer {ctx.secret('SOME_SECRET')}":
        return Response.error("Unauthorized", 401).with_header("www-authenticate", "Bearer")
    return await next(req, ctx)


api.use(timed, guarded)
"""The first is the outermost."""


@api.get("/report")
def report(req: Request, ctx: RouteContext[Any]) -> Response:
    """Behind both: a key is asked for, and the time is told."""
    return Response.from_json({"visits": 7})


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.mount("/middleware", api)
