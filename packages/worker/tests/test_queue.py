"""What a message may be, and what is sent for it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from worker.errors import JsonError, LimitError
from worker.queue import Queue, QueueMetrics, SendMessage
from worker.queue.producer import _payload, _request, delay_seconds


@dataclass
class Order:
    id: UUID
    note: str | None = None


def test_a_json_message_is_whatever_has_a_json_form():
    kind, body, size = _payload(Order(UUID(int=1)), None)
    assert (kind, body) == ("json", {"id": str(UUID(int=1)), "note": None})
    assert size == len('{"id":"","note":null}') + 36


def test_none_is_a_message():
    assert _request(None) == ({"body": None, "contentType": "json"}, 4)


def test_a_message_of_a_batch_may_have_options_of_its_own():
    request, size = _request(SendMessage("hi", content_type="text", delay=timedelta(minutes=1)))
    assert request == {"body": "hi", "contentType": "text", "delaySeconds": 60}
    assert size == 2


@pytest.mark.parametrize(("body", "kind"), [(1, "text"), ("x", "bytes"), (b"x", "text")])
def test_a_body_that_is_not_what_its_type_says_is_refused(body, kind: str):
    with pytest.raises(TypeError, match=kind):
        _payload(body, kind)


def test_a_body_without_a_json_form_is_refused():
    with pytest.raises(JsonError):
        _payload(object(), None)


@pytest.mark.parametrize("delay", [-1, 86_401, timedelta(days=2)])
def test_a_delay_is_at_most_a_day(delay):
    with pytest.raises(LimitError):
        delay_seconds(delay)


def test_a_batch_has_at_most_100_messages():
    with pytest.raises(LimitError, match="101 messages"):
        Queue._from_js(None).send_batch(range(101)).send(None)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [("é" * 64_001, "text"), (bytes(128_001), "bytes"), ("x" * 127_999, "json")],
)
def test_a_message_has_at_most_128_000_bytes(body, content_type: str):
    with pytest.raises(LimitError, match=r"message: 12800[12] bytes, at most 128000"):
        Queue._from_js(None).send(body, content_type=content_type).send(None)


def test_a_batch_has_at_most_256_000_bytes():
    with pytest.raises(LimitError, match="batch: 300006 bytes, at most 256000"):
        Queue._from_js(None).send_batch(["x" * 100_000] * 3).send(None)
    with pytest.raises(LimitError, match="message: 130002 bytes"):
        Queue._from_js(None).send_batch([1, "x" * 130_000]).send(None)


@pytest.mark.parametrize("messages", ["text", b"bytes", {"a": 1}])
def test_one_message_is_no_batch(messages):
    with pytest.raises(TypeError, match="not one"):
        Queue._from_js(None).send_batch(messages).send(None)


def test_a_content_type_that_no_queue_has_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="'xml': a queue has text, bytes, json, v8"):
        _payload("x", "xml")


def test_metrics_are_there_where_the_platform_gives_them():
    assert QueueMetrics._in(None) is None
    assert QueueMetrics._in({}) is None
    found = QueueMetrics._in({"metrics": {"backlogCount": 2, "backlogBytes": 10}})
    assert found == QueueMetrics(2, 10)
