"""Server-sent events, as the HTML standard describes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker import sse
from worker.sse import Event


async def chunked(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def read(data: bytes, size: int = 1024) -> list[Event]:
    async def collect() -> list[Event]:
        return [event async for event in sse.parse(chunked(data, size))]

    return asyncio.run(collect())


def test_an_event_is_written_field_by_field() -> None:
    event = Event("a\r\nb", event="news", id="7", retry=1000, comment="hi")
    assert str(event) == ": hi\nevent: news\nid: 7\nretry: 1000\ndata: a\ndata: b\n\n"
    assert sse.encode("é") == "data: é\n\n".encode()
    assert str(Event.json({"a": 1})) == 'data: {"a":1}\n\n'
    assert str(Event(comment="ping")) == ": ping\n\n"


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\0"])
def test_an_id_cannot_smuggle_a_field(bad: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        str(Event("x", id=bad))


def test_the_standards_examples_are_read() -> None:
    stream = (
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third\n\n"
    )
    assert read(stream) == [
        Event("first event", id="1"),
        Event("second event", id=""),
        Event(" third", id=""),
    ]
    assert read(b"data\n\ndata\ndata\n\ndata:") == [Event(""), Event("\n")]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_chunks_may_end_anywhere(size: int) -> None:
    stream = "\ufeffdata: é\r\ndata: b\r\rretry: 5\ndata: c\n\n".encode()
    assert read(stream, size) == [Event("é\nb"), Event("c", retry=5)]


LINES = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]))


@given(LINES, st.integers(1, 5))
def test_what_is_written_is_read_back(data: str, size: int) -> None:
    assert read(sse.encode(Event(data)), size) == [Event(data)]


def test_a_response_has_the_type_and_is_not_cached() -> None:
    response = sse.response(["a", Event("b", id="1")])
    assert response.headers["content-type"] == "text/event-stream"
    assert response.headers["cache-control"] == "no-cache"
    assert asyncio.run(response.text()) == "data: a\n\nid: 1\ndata: b\n\n"
