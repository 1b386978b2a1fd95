"""The invocation's own context: work that goes on after the answer."""

from __future__ import annotations

import asyncio
from typing import Any

from worker import KvStore, Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/context/wait-until/:key", wait_until)
    router.get("/context/wait-until-fails", wait_until_fails)
    router.get("/context/pass-through", pass_through)


async def wait_until(req: Request, ctx: RouteContext[Any]) -> Response:
    """Answer at once; store a value a little later."""
    ctx.context.wait_until(_store_later(ctx.kv("TEST"), ctx.param("key")))
    return Response.ok("answered")


async def _store_later(store: KvStore, key: str) -> None:
    await asyncio.sleep(0.2)
    await store.put(key, "stored")


async def wait_until_fails(req: Request, ctx: RouteContext[Any]) -> Response:
    """What fails after the answer is logged, and costs the answer nothing."""
    ctx.context.wait_until(_fail_later())
    return Response.ok("answered")


async def _fail_later() -> None:
    await asyncio.sleep(0.05)
    raise ValueError("failed after the answer")


async def pass_through(req: Request, ctx: RouteContext[Any]) -> Response:
    """Ask for the origin, should the handler fail; this one does not."""
    ctx.context.pass_through_on_exception()
    return Response.ok("ok")
