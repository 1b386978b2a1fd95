"""Server-sent events, as models stream them."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from worker import _jsontext

__all__ = ["json_events"]


async def json_events(chunks: AsyncIterable[bytes], type: Any = None) -> AsyncIterator[Any]:
    """The JSON of each event's data, until `[DONE]` or the end.

    Args:
        chunks: the stream, cut anywhere.
        type: what each event is; plain Python values when not given.

    Raises:
        JsonError: an event is not JSON.
        DecodeError: an event is not of that type.
    """
    data: list[bytes] = []
    async for line in _lines(chunks):
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:
            text, data = b"\n".join(data), []
            if text == b"[DONE]":
                return
            yield _jsontext.from_json(text, type)
    if data and data != [b"[DONE]"]:
        yield _jsontext.from_json(b"\n".join(data), type)


async def _lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Lines without their ends, whichever of the three ends they have."""
    rest = b""
    async for chunk in chunks:
        rest += chunk
        # A final \r may be half of \r\n: it waits for the next chunk.
        complete = rest[:-1] if rest.endswith(b"\r") else rest
        lines = complete.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = lines.pop() + rest[len(complete) :]
        for line in lines:
            yield line
    if rest:
        yield rest.removesuffix(b"\r")
