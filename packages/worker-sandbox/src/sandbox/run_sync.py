"""Waiting in plain functions: libraries that know no `await` work as they are."""

from __future__ import annotations

import asyncio
from typing import Any

from worker import KvStore, Request, Response, RouteContext, Router, run_blocking, run_sync


def count(store: KvStore, key: str) -> int:
    """A function without `async` that waits for the platform; other events go on meanwhile."""
    number = int(run_sync(store.get(key)) or 0) + 1
    run_sync(store.put(key, str(number)))
    return number


def plain(req: Request, ctx: RouteContext[Any]) -> Response:
    """A handler that is a plain `def`, called from one that is not."""
    return Response.ok(str(count(ctx.kv("TEST"), ctx.param("key"))))


async def blocking(req: Request, ctx: RouteContext[Any]) -> Response:
    """From a coroutine: `run_blocking`, twice at once."""
    store, key = ctx.kv("TEST"), ctx.param("key")
    counts = await asyncio.gather(
        run_blocking(count, store, f"{key}-a"), run_blocking(count, store, f"{key}-b")
    )
    return Response.from_json(counts)


async def wrapped(req: Request, ctx: RouteContext[Any]) -> Response:
    """A whole plain handler, run where it may wait."""
    return await run_blocking(plain, req, ctx)


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/run-sync/blocking/:key", blocking)
    router.get("/run-sync/handler/:key", wrapped)
