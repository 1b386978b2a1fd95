"""Server-sent events: sending them, and reading those of others.

    async def ticks():
        for n in range(10):
            yield Event(str(n), id=str(n))
            await asyncio.sleep(1)

    return sse.response(ticks())

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html (not in workers-rs)
"""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, final

from worker._jsontext import to_json
from worker._producer import chunks_of
from worker.response import Response

__all__ = ["Event", "encode", "parse", "response"]


@final
@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        data: its text; line ends are kept.
        event: its type; `message` for the receiver when None.
        id: sent back as `Last-Event-ID` when the client connects again; one line, no NUL.
        retry: milliseconds after which the client connects again.
        comment: a line that receivers pass over; alone, it keeps the connection alive.
    """

    data: str | None = None
    event: str | None = None
    id: str | None = None
    retry: int | None = None
    comment: str | None = None

    @classmethod
    def json(cls, value: Any, *, event: str | None = None, id: str | None = None) -> Event:
        """An event whose data is JSON."""
        return cls(to_json(value), event=event, id=id)

    def __str__(self) -> str:
        lines = [f": {line}" for line in _lines(self.comment)]
        for name, value in (("event", self.event), ("id", self.id)):
            if value is not None:
                if set(value) & {"\n", "\r", "\0"}:
                    raise ValueError(f"the {name} of a server-sent event must be one line")
                lines.append(f"{name}: {value}")
        if self.retry is not None:
            lines.append(f"retry: {self.retry}")
        lines.extend(f"data: {line}" for line in _lines(self.data))
        return "\n".join(lines) + "\n\n"


def _lines(text: str | None) -> list[str]:
    if text is None:
        return []
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def encode(event: Event | str) -> bytes:
    """An event as it is sent; a `str` is the data of one."""
    return str(event if isinstance(event, Event) else Event(event)).encode()


def response(events: AsyncIterable[Event | str] | Iterable[Event | str]) -> Response:
    """A response that sends events as they come.

    When the client goes away the source is closed: a generator's `finally` runs.
    """

    async def chunks() -> AsyncIterator[bytes]:
        async with aclosing(chunks_of(events)) as source:
            async for event in source:
                yield encode(event)

    headers = {"content-type": "text/event-stream", "cache-control": "no-cache"}
    return Response(chunks(), headers=headers)


async def parse(chunks: AsyncIterable[bytes]) -> AsyncIterator[Event]:
    """The events of a body: `async for event in sse.parse(response.stream())`.

    Comments are passed over. An event that the end of the body cuts short is dropped, as the
    specification says.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    buffer = ""
    fields: dict[str, list[str]] = {}
    last_id: str | None = None
    async for chunk in chunks:
        buffer += decoder.decode(chunk)
        # A CR at the very end may be half of a CRLF.
        tail = "\r" if buffer.endswith("\r") else ""
        text = buffer.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
        *lines, rest = text.split("\n")
        buffer = rest + tail
        for line in lines:
            if line:
                name, _, value = line.partition(":")
                fields.setdefault(name, []).append(value.removeprefix(" "))
                continue
            if "id" in fields and "\0" not in fields["id"][-1]:
                last_id = fields["id"][-1]
            if "data" in fields:
                yield _event(fields, last_id)
            fields = {}


def _event(fields: dict[str, list[str]], last_id: str | None) -> Event:
    retry = fields.get("retry", [""])[-1]
    return Event(
        "\n".join(fields["data"]),
        event=fields.get("event", [""])[-1] or None,
        id=last_id,
        retry=int(retry) if retry.isascii() and retry.isdecimal() else None,
    )
