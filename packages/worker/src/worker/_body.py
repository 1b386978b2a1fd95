"""What may be stored as it is: text, bytes, files, and streams that never enter Python."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from typing import Any, cast

from worker._limits import utf8_length
from worker.blob import Blob
from worker.body import Body, Message
from worker.errors import StreamError
from worker.streams import ByteStream

__all__ = ["Storable", "is_raw", "length_of", "to_body"]

type Storable = (
    str | bytes | bytearray | memoryview | Blob | ByteStream | Message | AsyncIterable[bytes | str]
)
"""A value that is stored as it is.

A `Request` or a `Response` hands its body on unread. R2 must know the length of a stream before it
takes it: give it a `FixedLengthStream`, or the body of a message with a `Content-Length`.
"""


def is_raw(value: object) -> bool:
    """Whether a value is stored as it is, rather than as JSON."""
    raw = (str, bytes, bytearray, memoryview, Blob, ByteStream, Message, AsyncIterable)
    return isinstance(value, raw)


def length_of(value: object) -> int | None:
    """The length in bytes; None where it is known only once it is read."""
    if isinstance(value, str):
        return utf8_length(value)
    if isinstance(value, memoryview):
        return value.nbytes
    return len(value) if isinstance(value, (bytes, bytearray, Blob)) else None


def to_body(value: Any) -> Any:
    """What to pass to a JavaScript method that takes a body.

    Raises:
        BodyUsedError: the body was read before.
        StreamError: a message without a body was given.
        TypeError: it is none of these.
    """
    if value is None or isinstance(value, bool | int | float | Mapping):
        given = type(cast("object", value)).__name__
        error = TypeError(f"what is stored is text, bytes, a file or a stream, not {given}")
        error.add_note("json.dumps(value) makes text of it.")
        raise error
    if isinstance(value, Message):
        taken = value._content.take()
        if taken is None:
            raise StreamError("the message has no body to store")
        return taken
    if isinstance(value, Blob):
        return value.js
    return Body.of(value).take()
