"""Models' streams of events, and the options of a gateway."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from worker.ai import Document, MarkdownConversion
from worker.ai.events import json_events
from worker.ai.models import AiModel
from worker.errors import JsonError


def events(*chunks: bytes) -> list[object]:
    async def source() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def run() -> list[object]:
        return [event async for event in json_events(source())]

    return asyncio.run(run())


@pytest.mark.parametrize(
    "chunks",
    [
        (b'data: {"a":1}\n\ndata: {"a":2}\n\ndata: [DONE]\n\n',),
        (b'data: {"a"', b":1}\n", b'\ndata:{"a":2}\n\n', b"data: [DONE]\n\n"),
        (b'data: {"a":1}\r\n\r', b'\ndata: {"a":2}\r\n\r\n'),
        (b': comment\ndata: {"a":\ndata: 1}\n\nevent: x\ndata: {"a":2}\n\n',),
        (b'data: {"a":1}\n\ndata: {"a":2}',),
    ],
)
def test_events_are_found_however_the_stream_is_cut(chunks: tuple[bytes, ...]):
    assert events(*chunks) == [{"a": 1}, {"a": 2}]


def test_nothing_after_done_is_read():
    assert events(b'data: [DONE]\n\ndata: {"a":1}\n\n') == []


def test_an_event_that_is_not_json_is_an_error():
    with pytest.raises(JsonError):
        events(b"data: {\n\n")


def test_a_model_of_the_catalogue():
    model = AiModel._of(
        {
            "id": "1",
            "name": "@cf/x",
            "task": {"id": "t", "name": "Translation"},
            "properties": [{"property_id": "price", "value": "0"}],
        }
    )
    assert (model.task, model.properties, model.tags) == ("Translation", {"price": "0"}, ())


def test_a_document_that_could_not_be_converted_says_why():
    found = MarkdownConversion._of(
        {"id": "1", "name": "a.bin", "mimeType": "x/y", "format": "error", "error": "no"}
    )
    assert (found.data, found.error) == (None, "no")
    assert Document("a.txt", b"x").content == b"x"
