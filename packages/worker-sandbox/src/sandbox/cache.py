"""The cache of the data centre."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator

from worker import Cache, Request, Response, RouteContext, Router, delay


def stamped() -> Response:
    """An answer that may be kept for ten seconds."""
    now = time.time_ns() // 1_000_000
    return Response.from_json({"timestamp": now}).with_header("cache-control", "s-maxage=10")


async def cache_example(req: Request, ctx: RouteContext) -> Response:
    """Answer from the cache, and fill it when it is empty."""
    print(f"url: {req.url}")
    cache = Cache.default()
    if (found := await cache.get(req.url, ignore_method=True)) is not None:
        print("Cache HIT!")
        return found
    print("Cache MISS!")
    answer = stamped()
    await cache.put(req.url, answer.cloned())
    return answer


async def cache_get(req: Request, ctx: RouteContext) -> Response:
    """Look something up."""
    found = await Cache.default().get(f"https://{ctx.param('key')}", ignore_method=True)
    return found or Response.ok("cache miss")


async def cache_put(req: Request, ctx: RouteContext) -> Response:
    """Store something."""
    answer = stamped()
    await Cache.default().put(f"https://{ctx.param('key')}", answer.cloned())
    return answer


async def cache_delete(req: Request, ctx: RouteContext) -> Response:
    """Remove something."""
    deleted = await Cache.default().delete(f"https://{ctx.param('key')}", ignore_method=True)
    return Response.ok('"Success"' if deleted else '"ResponseNotFound"')


async def cache_stream(req: Request, ctx: RouteContext) -> Response:
    """Store what streams."""
    print(f"url: {req.url}")
    cache = Cache.default()
    if (found := await cache.get(req.url, ignore_method=True)) is not None:
        print("Cache HIT!")
        return found
    print("Cache MISS!")
    count = random.randrange(10)  # noqa: S311  any number does

    async def lines() -> AsyncIterator[str]:
        for _ in range(count):
            await delay(0.05)
            yield "Hello, world!\n"

    answer = Response.from_stream(lines()).with_header("cache-control", "s-maxage=10")
    print(f"resp = {answer!r}")
    await cache.put(req.url, answer.cloned())
    return answer


async def named(req: Request, ctx: RouteContext) -> Response:
    """Keep, find and forget something in a cache of its own name."""
    cache = await Cache.open(ctx.param("cache"))
    key = f"https://sandbox.example/{ctx.param('key')}"
    if req.method == "PUT":
        kept = Response.ok(await req.text()).with_header("cache-control", "max-age=60")
        await cache.put(key, kept)
    elif req.method == "DELETE":
        return Response.from_json(bool(await cache.delete(key)))
    return await cache.get(key) or Response.error("cache miss", 404)


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/cache-example", cache_example)
    router.get("/cache-api/get/:key", cache_get)
    router.put("/cache-api/put/:key", cache_put)
    router.post("/cache-api/delete/:key", cache_delete)
    router.get("/cache-stream", cache_stream)
    for register in (router.get, router.put, router.delete):
        register("/cache/:cache/:key", named)
