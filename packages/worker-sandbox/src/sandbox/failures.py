"""Four ways to fail, and what each costs: nothing, or this isolate's memory."""

from __future__ import annotations

from typing import Never

from worker import JsError, Request, Response, RouteContext, Router, abort

from sandbox.js_module import clock


def panic(req: Request, ctx: RouteContext) -> Never:
    """An exception that no route handles: an ordinary answer, and nothing is lost."""
    raise RuntimeError("Intentional panic for testing context abort functionality")


def die(req: Request, ctx: RouteContext) -> Never:
    """End the instance: the next event gets a fresh one."""
    abort("asked for by /test-abort")


def out_of_memory(req: Request, ctx: RouteContext) -> Never:
    """Take memory until there is no more: a MemoryError, after which this worker starts afresh."""
    kept: list[bytearray] = []
    try:
        while True:
            kept.append(bytearray(2**30))
    except MemoryError:
        abort("out of memory")


async def js_error(req: Request, ctx: RouteContext) -> Response:
    """An error of JavaScript, after which the worker never answers: the platform ends the event."""
    try:
        clock.fail()
    except JsError as error:
        print(error.js_stack)
        await clock.never()
    return Response.ok("This should never be reached")


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/test-panic", panic)
    router.get("/test-abort", die)
    router.get("/test-oom", out_of_memory)
    router.get("/test-js-error", js_error)
