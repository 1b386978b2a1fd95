"""Rate limiting: ten uses of a key in a minute."""

from __future__ import annotations

import time
from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]

LIMITER = "TEST_RATE_LIMITER"


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/rate-limit/check", check)
    router.get("/rate-limit/key/:key", by_key)
    router.get("/rate-limit/bulk-test", bulk)
    router.get("/rate-limit/reset", reset)


async def check(req: Request, ctx: RouteContext[Any]) -> Response:
    """One use of one key."""
    outcome = await ctx.rate_limiter(LIMITER).limit("test-key")
    return Response.from_json({"success": outcome.success})


async def by_key(req: Request, ctx: RouteContext[Any]) -> Response:
    """One use of the key in the path."""
    key = req.path.rpartition("/")[2]
    outcome = await ctx.rate_limiter(LIMITER).limit(key)
    return Response.from_json({"key": key, "success": outcome.success})


async def bulk(req: Request, ctx: RouteContext[Any]) -> Response:
    """Three keys, five uses of each."""
    limiter = ctx.rate_limiter(LIMITER)
    results: list[dict[str, Any]] = []
    for index in range(15):
        key = f"bulk-test-{index % 3}"
        outcome = await limiter.limit(key)
        results.append({"index": index, "key": key, "success": outcome.success})
    return Response.from_json({"results": results})


async def reset(req: Request, ctx: RouteContext[Any]) -> Response:
    """Twelve uses of a key that nobody has used: the last two are refused."""
    limiter = ctx.rate_limiter(LIMITER)
    key = f"reset-test-{time.time_ns() // 1_000_000}"
    outcomes = {f"request_{use}": (await limiter.limit(key)).success for use in range(1, 13)}
    return Response.from_json(outcomes)
