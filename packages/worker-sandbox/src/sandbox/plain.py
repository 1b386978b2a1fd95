"""Plain functions below an `async def` handler: `run_sync` waits in them, and only they wait."""

from __future__ import annotations

import asyncio
from typing import Any

from worker import Request, Response, RouteContext, Router, run_sync
from worker.router import Next


async def later(text: str) -> str:
    """Take a while."""
    await asyncio.sleep(0.1)
    return text


def wait(req: Request, ctx: RouteContext[Any]) -> Response:
    """A plain handler waits for a coroutine."""
    return Response.ok(run_sync(later("waited")))


def stored(req: Request, ctx: RouteContext[Any]) -> Response:
    """And for bindings, one after the other."""
    notes = ctx.kv("SOME_NAMESPACE")
    run_sync(notes.put("plain", run_sync(req.text())))
    return Response.ok(run_sync(notes.get("plain")) or "")


def failing(req: Request, ctx: RouteContext[Any]) -> Response:
    """What is raised by what it waits for is raised here."""
    try:
        run_sync(asyncio.wait_for(asyncio.sleep(10), 0.01))
    except TimeoutError:
        return Response.error("too late", 504)
    return Response.ok("in time")


def answers_alone(req: Request, ctx: RouteContext[Any]) -> Response:
    """Most plain handlers wait for nothing, and need no more than their turn."""
    return Response.ok("at once")


def told(req: Request, ctx: RouteContext[Any]) -> Response:
    """What is inside waits as well."""
    return Response.ok(run_sync(later(ctx.param("what"))))


def timed(req: Request, ctx: RouteContext[Any], next: Next) -> Response:
    """A plain middleware waits for what it stands around."""
    response = run_sync(next(req, ctx))
    response.headers["x-waited"] = run_sync(later("yes"))
    return response


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/plain/wait", wait)
    router.post("/plain/stored", stored)
    router.get("/plain/failing", failing)
    router.get("/plain/at-once", answers_alone)
    inner: Router[Any] = Router()
    inner.use(timed)
    inner.get("/:what", told)
    router.mount("/plain/mounted", inner)
