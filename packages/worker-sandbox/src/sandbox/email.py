"""Receiving e-mail: read it, then forward it, answer it or send it back."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any

from worker import (
    Context,
    Env,
    ForwardableEmailMessage,
    Request,
    Response,
    RouteContext,
    Router,
    event,
)

from sandbox.rpc import Diary


@event.email
async def receive(message: ForwardableEmailMessage, env: Env, ctx: Context) -> None:
    """The standard library reads what came; the platform does the rest."""
    raw = await message.raw_bytes()
    subject = message_from_bytes(raw, policy=policy.default)["subject"]
    diary = env.durable_object("DIARY", Diary).get_by_name("email")
    if "casino" in subject.lower():
        message.set_reject("no advertising, please")
        return
    await diary.note(f"{message.from_} to {message.to}: {subject} ({message.raw_size} bytes)")
    if subject.startswith("Fwd:"):
        sent = await message.forward("archive@example.com", headers={"x-diary": "noted"})
        await diary.note(f"sent on as {sent.message_id}")
    elif subject.startswith("Crash"):
        raise ValueError("an email that nobody can read")


async def inbox(req: Request, ctx: RouteContext[Any]) -> Response:
    """What was received so far."""
    stub = ctx.env.durable_object("DIARY", Diary).get_by_name("email")
    return Response.from_json(await stub.lines())


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/email", inbox)
