"""A queue: both ends of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from worker import (
    BindingError,
    Context,
    Env,
    Error,
    MessageBatch,
    Request,
    Response,
    RouteContext,
    Router,
    SendMessage,
    ValidationError,
    event,
)
from worker.errors import JsonError

from sandbox import errands
from sandbox.contract import js_date, unwrapped

__all__ = ["routes"]


@dataclass(frozen=True, slots=True)
class QueueBody:
    """What a message says."""

    id: UUID
    id_string: str


received: Final[list[QueueBody]] = []
"""Every message of this isolate, in order of arrival."""


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.post("/queue/send/:id", send)
    router.post("/queue/send_batch", send_batch)
    router.get("/queue", messages)


@event.queue
async def consume(batch: MessageBatch, env: Env, ctx: Context) -> None:
    """Remember each message; returning acknowledges them all."""
    if batch.queue == errands.QUEUE:
        await errands.run(batch, env)
        return
    for message in batch.messages(QueueBody):
        body = message.body
        shown = f'QueueBody {{ id: {body.id}, id_string: "{body.id_string}" }}'
        when = js_date(message.timestamp)
        print(f"Received queue message {shown}, with id {message.id} and timestamp: {when}")
        received.append(body)


async def send(req: Request, ctx: RouteContext[Any]) -> Response:
    """Send one message."""
    number = uuid(ctx.param("id"))
    if number is None:
        return Response.error("Failed to parse id, expected a UUID", 400)
    try:
        queue = ctx.queue("my_queue")
    except BindingError as error:
        return _no_queue(error)
    try:
        await queue.send(QueueBody(number, str(number)), content_type="json")
    except Error as error:
        return Response.error(f"Failed to send message to queue: {error!r}", 500)
    return Response.ok("Message sent")


async def send_batch(req: Request, ctx: RouteContext[Any]) -> Response:
    """Send several messages in one call."""
    try:
        bodies = await req.json(list[QueueBody])
    except JsonError:
        why = 'JsError("failed to get JSON for body value")'
        return Response.error(f"Failed to parse request body: {why}", 400)
    except ValidationError as error:
        return Response.error(f"Failed to parse request body: {error}", 400)
    try:
        queue = ctx.queue("my_queue")
    except BindingError as error:
        return _no_queue(error)
    try:
        await queue.send_batch(SendMessage(body, content_type="json") for body in bodies)
    except Error as error:
        return Response.error(f"Failed to batch send message to queue: {error!r}", 500)
    return Response.ok("Message sent")


async def messages(req: Request, ctx: RouteContext[Any]) -> Response:
    """What has arrived so far."""
    return Response.from_json(received)


def uuid(text: str) -> UUID | None:
    """A UUID in any of its usual spellings; Python takes braces and hyphens anywhere."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    usual = (str(found), found.hex, f"{{{found}}}", found.urn)
    return found if text.lower() in usual else None


def _no_queue(error: BindingError) -> Response:
    return Response.error(unwrapped(error, "Failed to get queue"), 500)
