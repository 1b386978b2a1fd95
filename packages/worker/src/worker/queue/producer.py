"""The sending end of a queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal, Self, cast, final

from worker_sys import calls, convert

from worker import _jsontext, _limits
from worker._blame import blame
from worker._body import length_of
from worker._handle import Handle
from worker.errors import QueueError

__all__ = ["Queue", "QueueContentType", "QueueMetrics", "SendMessage", "delay_seconds"]

_MAX_BATCH: Final = 100
_MAX_DELAY: Final = 86_400
_MESSAGE_BYTES: Final = 128_000
_BATCH_BYTES: Final = 256_000


class QueueContentType(StrEnum):
    """How a body travels: what a consumer that is not this library will see.

    `json` is the default. `v8` is JavaScript's structured clone: dates, bytes and sets survive, but
    only a worker can read it.
    """

    TEXT = "text"
    BYTES = "bytes"
    JSON = "json"
    V8 = "v8"


@dataclass(frozen=True, slots=True)
class SendMessage:
    """One message of a batch, where it needs options of its own.

    Attributes:
        body: see `Queue.send`.
        content_type: how the body travels.
        delay: how long to keep it back: seconds or a timedelta, at most 24 hours.

    Source: workers-rs `SendMessage`, `MessageBuilder`.
    """

    body: Any
    content_type: QueueContentType | Literal["text", "bytes", "json", "v8"] | None = None
    delay: float | timedelta | None = None


@dataclass(frozen=True, slots=True)
class QueueMetrics:
    """How much is waiting in a queue, as it was a short while ago.

    Attributes:
        backlog_count: messages.
        backlog_bytes: their bytes.
        oldest_message: when the oldest of them was sent, None when the queue is empty.
    """

    backlog_count: int
    backlog_bytes: int
    oldest_message: datetime | None = None

    @classmethod
    def _of(cls, found: dict[str, Any]) -> Self:
        return cls(
            backlog_count=found.get("backlogCount", 0),
            backlog_bytes=found.get("backlogBytes", 0),
            oldest_message=found.get("oldestMessageTimestamp"),
        )

    @classmethod
    def _in(cls, metadata: dict[str, Any] | None) -> Self | None:
        """The metrics in what the platform tells beside an answer; older runtimes tell nothing."""
        metrics = None if metadata is None else metadata.get("metrics")
        return None if metrics is None else cls._of(metrics)


@final
class Queue(Handle):
    """The sending end of a queue: `env.queue("ORDERS")`.

    Source: workers-rs `Queue`;
    https://developers.cloudflare.com/queues/configuration/javascript-apis/#producer
    """

    __slots__ = ()

    async def send(
        self,
        body: Any,
        *,
        content_type: QueueContentType | Literal["text", "bytes", "json", "v8"] | None = None,
        delay: float | timedelta | None = None,
    ) -> QueueMetrics | None:
        """Send one message.

        Args:
            body: for `json`, whatever has a JSON form (dataclasses and models included); for `text`
                a `str`; for `bytes`, bytes; for `v8`, plain Python values. At most 128,000 bytes.
            content_type: how it travels; `json` when not given.
            delay: how long to keep it back: seconds or a timedelta, at most 24 hours; 0 overrules
                the queue's own delay.

        Returns:
            How full the queue is, where the platform says so.

        Raises:
            JsonError: the body has no JSON form.
            LimitError: the body is too long, or the delay outside its range.
            TypeError: the body is not what the content type says.
            ValueError: there is no such content type.
            QueueError: the platform refused.

        Source: workers-rs `Queue::{send, send_raw}`
        """
        kind, payload, size = _payload(body, content_type)
        _limits.at_most("message", size, _MESSAGE_BYTES, "bytes")
        options = convert.options(contentType=kind, delaySeconds=delay_seconds(delay))
        with blame(QueueError):
            return _metrics(await calls.acall(self.js, "send", payload, options))

    async def send_batch(
        self, messages: Iterable[Any], *, delay: float | timedelta | None = None
    ) -> QueueMetrics | None:
        """Send up to 100 messages in one call: all of them, or none.

        Args:
            messages: bodies, sent as JSON, or `SendMessage`s with options of their own; at most
                256,000 bytes together.
            delay: for those that have none of their own.

        Returns:
            How full the queue is, where the platform says so.

        Raises:
            JsonError, LimitError, TypeError, ValueError, QueueError: as `send`.

        Source: workers-rs `Queue::{send_batch, send_raw_batch}`
        """
        requests, sizes = _requests(messages)
        _limits.at_most("batch", len(requests), _MAX_BATCH, "messages")
        _limits.at_most("message", max(sizes, default=0), _MESSAGE_BYTES, "bytes")
        _limits.at_most("batch", sum(sizes), _BATCH_BYTES, "bytes")
        if not requests:
            return None
        options = convert.options(delaySeconds=delay_seconds(delay))
        with blame(QueueError):
            return _metrics(await calls.acall(self.js, "sendBatch", requests, options))

    async def metrics(self) -> QueueMetrics:
        """How much is waiting.

        Raises:
            QueueError: the platform refused.

        Source: https://developers.cloudflare.com/queues/configuration/javascript-apis/
        """
        with blame(QueueError):
            return QueueMetrics._of(convert.to_py(await calls.acall(self.js, "metrics")))


def _payload(body: Any, content_type: str | None) -> tuple[str, Any, int]:
    """The content type, what to hand to the platform for a body, and its bytes where they count."""
    kind = _kind(content_type)
    if kind is QueueContentType.JSON:
        text = _jsontext.to_json(body)
        return kind.value, _jsontext.from_json(text), _limits.utf8_length(text)
    wanted = _RAW.get(kind)
    if wanted is None:
        return kind.value, body, 0
    if not isinstance(body, wanted):
        raise TypeError(f"a message of {kind} is not {type(body).__name__}")
    return kind.value, body, length_of(body) or 0


def _kind(content_type: str | None) -> QueueContentType:
    try:
        return QueueContentType(content_type or "json")
    except ValueError as error:
        there = ", ".join(QueueContentType)
        raise ValueError(f"content type {content_type!r}: a queue has {there}") from error


_RAW: Final[dict[QueueContentType, tuple[type, ...]]] = {
    QueueContentType.TEXT: (str,),
    QueueContentType.BYTES: (bytes, bytearray, memoryview),
}


def _requests(messages: Any) -> tuple[list[dict[str, Any]], list[int]]:
    """The messages as the platform takes them, and the bytes of each."""
    if isinstance(messages, str | bytes | Mapping):
        given = type(cast("object", messages)).__name__
        raise TypeError(f"a batch is of several messages, not one {given}: send(…) sends one")
    made = [_request(message) for message in messages]
    return [request for request, _ in made], [size for _, size in made]


def _request(message: Any) -> tuple[dict[str, Any], int]:
    sent = message if isinstance(message, SendMessage) else SendMessage(message)
    kind, payload, size = _payload(sent.body, sent.content_type)
    delay = delay_seconds(sent.delay)
    # A body may be None, so this is no `convert.options`, which leaves that out.
    request = {"body": payload, "contentType": kind}
    return (request if delay is None else {**request, "delaySeconds": delay}), size


def delay_seconds(duration: float | timedelta | None) -> int | None:
    """A delay as the platform takes it.

    Raises:
        LimitError: it is not between 0 and 24 hours.
    """
    seconds = _limits.seconds(duration)
    if seconds is not None:
        _limits.at_least("delay", seconds, 0, "seconds")
        _limits.at_most("delay", seconds, _MAX_DELAY, "seconds")
    return seconds


def _metrics(answer: Any) -> QueueMetrics | None:
    found: dict[str, Any] | None = convert.to_py(answer)
    return None if found is None else QueueMetrics._in(found.get("metadata"))
