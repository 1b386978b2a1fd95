"""Watching other workers: what they logged and how they ended, afterwards or as it happens."""

from __future__ import annotations

from typing import Any

from worker import Context, Env, Request, Response, RouteContext, Router, TraceItem, event
from worker.tail_stream import Log, Onset, Outcome, TailEvent, TailListener

_seen: list[str] = []


@event.tail
async def tail(events: list[TraceItem], env: Env, ctx: Context) -> None:
    """One item for each event of a worker whose `tail_consumers` name this one."""
    for item in events:
        if item.event is None or item.event.request is None:
            continue
        logs = [log.message for log in item.logs]
        _seen.append(f"{item.event.request.method} {item.outcome} {logs}")


@event.tail_stream
async def watch(onset: TailEvent, env: Env, ctx: Context) -> TailListener | None:
    """Called when an invocation begins; the function that it returns gets the rest."""
    if not isinstance(onset.event, Onset) or onset.event.info.request is None:
        return None
    url = onset.event.info.request.url
    if url.endswith("/tail"):
        return None

    async def listen(told: TailEvent) -> None:
        match told.event:
            case Log(level, message):
                _seen.append(f"{level} {message}")
            case Outcome(outcome):
                _seen.append(f"stream {outcome}")
            case _:
                pass

    return listen


async def seen(req: Request, ctx: RouteContext[Any]) -> Response:
    """What was seen so far, in this isolate."""
    return Response.from_json(_seen)


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/tail", seen)
