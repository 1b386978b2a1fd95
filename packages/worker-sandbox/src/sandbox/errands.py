"""A queue whose messages are acknowledged one by one, tried again, and put off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from worker import Env, MessageBatch, Request, Response, RouteContext, Router

from sandbox.rpc import Diary

QUEUE: Final = "errands"


async def run(batch: MessageBatch, env: Env) -> None:
    """Called by this worker's `@event.queue`: what is acknowledged does not come again."""
    diary = env.durable_object("DIARY", Diary).get_by_name(QUEUE)
    for message in batch.messages(str):
        await diary.note(f"{message.body} {message.attempts}")
        if message.body == "difficult" and message.attempts == 1:
            message.retry(delay=timedelta(seconds=1))
        else:
            message.ack()


async def send(req: Request, ctx: RouteContext[Any]) -> Response:
    """Send one; it is delivered no sooner than the delay says."""
    delay = timedelta(seconds=int(req.query().get("delay", 0)))
    await ctx.queue("ERRANDS").send(await req.text(), delay=delay)
    return Response.ok("sent")


async def done(req: Request, ctx: RouteContext[Any]) -> Response:
    """Every attempt so far."""
    stub = ctx.env.durable_object("DIARY", Diary).get_by_name(QUEUE)
    return Response.from_json(await stub.lines())


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.post("/errands", send)
    router.get("/errands", done)
