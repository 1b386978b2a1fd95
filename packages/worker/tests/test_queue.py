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
    kind, body = _payload(Order(UUID(int=1)), None)
    assert (kind, body) == ("json", {"id": str(UUID(int=1)), "note": None})


def test_none_is_a_message():
    assert _request(None) == {"body": None, "contentType": "json"}


def test_a_message_of_a_batch_may_have_options_of_its_own():
    assert _request(SendMessage("hi", content_type="text", delay=timedelta(minutes=1))) == {
        "body": "hi",
        "contentType": "text",
        "delaySeconds": 60,
    }


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


def test_metrics_are_there_where_the_platform_gives_them():
    assert QueueMetrics._in(None) is None
    assert QueueMetrics._in({}) is None
    found = QueueMetrics._in({"metrics": {"backlogCount": 2, "backlogBytes": 10}})
    assert found == QueueMetrics(2, 10)
