"""What may be stored: text, bytes, and streams that never enter Python."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any

from worker.errors import StreamError

if TYPE_CHECKING:
    from worker.request import Request
    from worker.response import Response
    from worker.streams import ByteStream

__all__ = ["Body", "is_raw", "length_of", "to_body"]

type Body = (
    "str | bytes | bytearray | memoryview | ByteStream | Request | Response | AsyncIterable[bytes]"
)
"""A value that is stored as it is.

A `Request` or `Response` hands its body on unread. A stream whose length the platform does not know
must be a `FixedLengthStream`.
"""


def is_raw(value: object) -> bool:
    """Whether a value is stored as it is, not as JSON."""
    return isinstance(value, (str, bytes, bytearray, memoryview)) or _is_stream(value)


def length_of(value: object) -> int | None:
    """The length in bytes, None where it is not known before it is sent."""
    from worker._limits import utf8_length

    if isinstance(value, str):
        return utf8_length(value)
    if isinstance(value, memoryview):
        return value.nbytes
    return len(value) if isinstance(value, (bytes, bytearray)) else None


def to_body(value: Any) -> Any:
    """What to pass to a JavaScript method that takes a body.

    Raises:
        StreamError: a message without a body was given.
    """
    from worker.streams import ByteStream

    if isinstance(value, (str, bytes, bytearray, memoryview)):
        return value
    if isinstance(value, ByteStream):
        return value._take()
    if isinstance(value, AsyncIterable):
        return ByteStream(value)._take()
    stream = value.js.body
    if stream is None or not hasattr(stream, "getReader"):
        raise StreamError("the message has no body to store")
    return stream


def _is_stream(value: object) -> bool:
    from worker.request import Request
    from worker.response import Response

    return isinstance(value, (AsyncIterable, Request, Response))
