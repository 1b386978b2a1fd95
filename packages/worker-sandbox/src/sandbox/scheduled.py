"""Cron triggers: what runs without a request."""

from __future__ import annotations

from typing import Any

from worker import (
    Context,
    Env,
    Request,
    Response,
    RouteContext,
    Router,
    ScheduledEvent,
    event,
)

from sandbox.rpc import Diary


@event.scheduled
async def scheduled(run: ScheduledEvent, env: Env, ctx: Context) -> None:
    """Note each run in a diary. One that raises counts as failed, and may be tried again."""
    if run.cron == "0 0 31 2 *":
        run.no_retry()
        raise ValueError("this day never comes")
    diary = env.durable_object("DIARY", Diary).get_by_name("scheduled")
    await diary.note(f"{run.cron} at {run.scheduled_time.isoformat()}")


async def runs(req: Request, ctx: RouteContext[Any]) -> Response:
    """Every run so far."""
    stub = ctx.env.durable_object("DIARY", Diary).get_by_name("scheduled")
    return Response.from_json(await stub.lines())


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/scheduled", runs)
