"""The receiving end of a queue: batches, given to `@event.queue`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, final, overload

from worker_sys import calls, convert

from worker._handle import Handle
from worker.errors import ConversionError, DecodeError
from worker.queue.producer import QueueMetrics, delay_seconds

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["Message", "MessageBatch"]

_log = logging.getLogger("worker.queue")


@final
class Message[T](Handle):
    """One message, its body decoded.

    A handler that returns acknowledges every message of its batch that it said nothing about; one
    that raises retries them. What was said about a single message stands in both cases.

    Source: workers-rs `Message`, `MessageExt`;
    https://developers.cloudflare.com/queues/configuration/javascript-apis/#message
    """

    __slots__ = ("_body",)

    _body: T

    @classmethod
    def _with(cls, js: Any, body: T) -> Self:
        message = cls._from_js(js)
        message._body = body
        return message

    @property
    def body(self) -> T:
        """What was sent.

        Source: workers-rs `Message::body`
        """
        return self._body

    @property
    def id(self) -> str:
        """Identifies the message; the same at every attempt."""
        return self.js.id

    @property
    def timestamp(self) -> datetime:
        """When it was sent, in UTC."""
        return convert.to_py(self.js.timestamp)

    @property
    def attempts(self) -> int:
        """How often it has been delivered, this time included: 1 the first time."""
        return int(self.js.attempts)

    def ack(self) -> None:
        """Count it as handled, whatever becomes of the rest of the batch.

        Source: workers-rs `MessageExt::ack`
        """
        calls.call(self.js, "ack")

    def retry(self, *, delay: float | timedelta | None = None) -> None:
        """Deliver it again, as often as the consumer's `max_retries` allows.

        Args:
            delay: how long to wait before: seconds or a timedelta, at most 24 hours.

        Source: workers-rs `MessageExt::{retry, retry_with_options}`
        """
        calls.call(self.js, "retry", *_options(delay))

    def __repr__(self) -> str:
        """For logs: no body."""
        return f"<Message {self.id} attempt {self.attempts}>"


@final
class MessageBatch(Handle):
    """The messages of one delivery: `async def handler(batch, env, ctx)`.

    Source: workers-rs `MessageBatch`;
    https://developers.cloudflare.com/queues/configuration/javascript-apis/#messagebatch
    """

    __slots__ = ()

    @property
    def queue(self) -> str:
        """The queue's name.

        Source: workers-rs `MessageBatch::queue`
        """
        return self.js.queue

    @property
    def metrics(self) -> QueueMetrics | None:
        """How much is waiting in the queue, where the platform says so."""
        return QueueMetrics._in(convert.to_py(getattr(self.js, "metadata", None)))

    @overload
    def messages(self) -> list[Message[Any]]: ...
    @overload
    def messages[T](self, type: TypeForm[T]) -> list[Message[T]]: ...
    def messages(self, type: Any = None) -> list[Message[Any]]:
        """The messages whose bodies are of a type.

        One that is not does not lose the batch: it alone is retried (and ends in the dead letter
        queue, if it has one), and is reported in the log of `worker.queue`.

        Args:
            type: what the bodies are to be; plain Python values when not given.

        Source: workers-rs `MessageBatch::{messages, iter}`
        """
        return [message for found in self.js.messages for message in _decoded(found, type)]

    def raw_messages(self) -> list[Message[Any]]:
        """The messages with their bodies as JavaScript has them, not converted at all.

        Source: workers-rs `MessageBatch::raw_iter`
        """
        return [Message[Any]._with(found, found.body) for found in self.js.messages]

    def ack_all(self) -> None:
        """Count every message as handled, except those that were to be retried.

        Source: workers-rs `MessageBatch::ack_all`
        """
        calls.call(self.js, "ackAll")

    def retry_all(self, *, delay: float | timedelta | None = None) -> None:
        """Deliver every message again, except those that were acknowledged.

        Args:
            delay: how long to wait before: seconds or a timedelta, at most 24 hours.

        Source: workers-rs `MessageBatch::{retry_all, retry_all_with_options}`
        """
        calls.call(self.js, "retryAll", *_options(delay))

    def __iter__(self) -> Iterator[Message[Any]]:
        """The messages with plain Python bodies."""
        return iter(self.messages())

    def __len__(self) -> int:
        """How many messages there are."""
        return int(self.js.messages.length)


def _decoded(found: Any, type: Any) -> Iterator[Message[Any]]:
    """The message, or nothing when its body is not of the type: then it is retried."""
    try:
        body = convert.to_py(found.body)
        if type is not None:
            body = convert.decode(body, type)
    except (ConversionError, DecodeError) as error:
        _log.error("message %s is retried: %s", found.id, error)
        calls.call(found, "retry")
    else:
        yield Message[Any]._with(found, body)


def _options(delay: float | timedelta | None) -> tuple[Any, ...]:
    seconds = delay_seconds(delay)
    return () if seconds is None else (convert.options(delaySeconds=seconds),)
