"""Tasks belong to the request that started them.

What only another request can complete is refused by name.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from worker import CrossRequestError, Request, Response, RouteContext, Router

log: Final[list[str]] = []
"""What became of the tasks of this isolate."""

lock: Final = asyncio.Lock()
signal: Final = asyncio.Event()
kept: Final[set[asyncio.Task[None]]] = set()


async def work(name: str) -> None:
    """Take a while, and tell how it ended."""
    try:
        await asyncio.sleep(0.2)
        log.append(f"{name}: finished")
    except asyncio.CancelledError:
        log.append(f"{name}: cancelled")
        raise


async def left_behind(req: Request, ctx: RouteContext[Any]) -> Response:
    """A task that nobody waits for is cancelled when the request has its answer."""
    task = asyncio.create_task(work(ctx.param("name")))
    await asyncio.sleep(0.01)
    return Response.ok(f"{task.get_name()} has started")


async def waited_for(req: Request, ctx: RouteContext[Any]) -> Response:
    """`wait_until` keeps it."""
    task = asyncio.create_task(work(ctx.param("name")))
    kept.add(task)
    task.add_done_callback(kept.discard)
    ctx.wait_until(task)
    return Response.ok("started")


async def of_another(req: Request, ctx: RouteContext[Any]) -> Response:
    """A task of another request cannot be waited for."""
    try:
        for task in kept:
            await task
    except CrossRequestError as error:
        return Response.error(str(error), 409)
    return Response.ok("no task is running")


async def hold(req: Request, ctx: RouteContext[Any]) -> Response:
    """Hold the lock of the isolate for a while."""
    async with lock:
        await asyncio.sleep(1)
    return Response.ok("held")


async def take(req: Request, ctx: RouteContext[Any]) -> Response:
    """Take the lock; while another request holds it, waiting would never end."""
    try:
        async with lock:
            return Response.ok("taken")
    except CrossRequestError as error:
        return Response.error(str(error), 409)


async def wait(req: Request, ctx: RouteContext[Any]) -> Response:
    """Wait for what another request is to signal: refused as well."""
    try:
        await signal.wait()
    except CrossRequestError as error:
        return Response.error(str(error), 409)
    return Response.ok("signalled")


async def together(req: Request, ctx: RouteContext[Any]) -> Response:
    """Within one request all is as usual: a lock of its own, a group, a time limit."""
    mine = asyncio.Lock()
    order: list[str] = []

    async def turn(name: str) -> None:
        async with mine:
            order.append(f"{name} in")
            await asyncio.sleep(0.01)
            order.append(f"{name} out")

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(turn("a"))
        group.create_task(turn("b"))
    return Response.ok(", ".join(order))


async def unwaiting(req: Request, ctx: RouteContext[Any]) -> Response:
    """The task of a handler that never waits is done when the handler has returned."""
    task = asyncio.current_task()
    assert task is not None
    task.add_done_callback(lambda _: log.append("unwaiting: done"))
    return Response.ok("returned")


async def logged(req: Request, ctx: RouteContext[Any]) -> Response:
    """A record names its task, so the task is made early; it is this one, and goes on as usual."""
    logging.getLogger(__name__).warning("about to wait")
    task = asyncio.current_task()
    await asyncio.sleep(0)
    return Response.ok("waited" if task is asyncio.current_task() else "in another task")


async def told(req: Request, ctx: RouteContext[Any]) -> Response:
    """What became of all tasks so far."""
    return Response.from_json(log)


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/tasks", told)
    router.get("/tasks/left-behind/:name", left_behind)
    router.get("/tasks/waited-for/:name", waited_for)
    router.get("/tasks/of-another", of_another)
    router.get("/tasks/hold", hold)
    router.get("/tasks/take", take)
    router.get("/tasks/wait", wait)
    router.get("/tasks/together", together)
    router.get("/tasks/logged", logged)
    router.get("/tasks/unwaiting", unwaiting)
