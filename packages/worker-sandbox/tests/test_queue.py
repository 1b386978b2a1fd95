"""A queue: both of its ends, against Miniflare's."""

import time
from uuid import UUID, uuid4

import pytest

pytestmark = pytest.mark.miniflare

ONE = UUID("5c6d5a53-5ef7-4c5c-8a6b-0a3b1e4f9d10")


def received(miniflare, count: int) -> list[dict[str, str]]:
    """What has arrived, once there is that much of it."""
    deadline = time.monotonic() + 10
    while True:
        found = miniflare.fetch("/queue").json()
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def test_nothing_has_arrived_at_first(miniflare):
    assert miniflare.fetch("/queue").text == "[]"


def test_messages_arrive_in_the_order_in_which_they_were_sent(miniflare):
    one = uuid4()
    for spelling in (str(one), one.hex, f"{{{one}}}", one.urn, str(one).upper()):
        answer = miniflare.fetch(f"/queue/send/{spelling}", method="POST")
        assert (answer.status_code, answer.text) == (200, "Message sent")
    sent = [{"id": str(uuid4()), "id_string": f"message {number}"} for number in range(3)]
    answer = miniflare.fetch("/queue/send_batch", method="POST", json=sent)
    assert (answer.status_code, answer.text) == (200, "Message sent")
    found = received(miniflare, 8)
    assert found[:5] == [{"id": str(one), "id_string": str(one)}] * 5
    assert found[5:] == sent


def test_each_message_is_logged(miniflare):
    number = str(uuid4())
    miniflare.fetch(f"/queue/send/{number}", method="POST")
    deadline = time.monotonic() + 10
    start = f'Received queue message QueueBody {{ id: {number}, id_string: "{number}" }}, with id '
    while time.monotonic() < deadline:
        lines = [line.message for line in miniflare.logs if line.message.startswith(start)]
        if lines:
            assert lines[0].endswith("GMT+0000 (Coordinated Universal Time)")
            return
        time.sleep(0.1)
    raise AssertionError(miniflare.logs)


def test_a_message_of_another_type_is_retried_alone_and_reported(miniflare):
    before = len(miniflare.fetch("/queue").json())
    good = {"id": str(uuid4()), "id_string": "good"}
    miniflare.queue("my_queue").send({"id": "not a uuid"})
    miniflare.queue("my_queue").send(good)
    assert received(miniflare, before + 1)[before:] == [good]
    assert miniflare.logs.wait_for("is retried")


@pytest.mark.parametrize(
    "text", ["not-a-uuid", str(ONE)[:-1], f"{{{ONE}", str(ONE).replace("-", "", 1)]
)
def test_an_id_that_is_none_is_refused(miniflare, text):
    answer = miniflare.fetch(f"/queue/send/{text}", method="POST")
    assert (answer.status_code, answer.text) == (400, "Failed to parse id, expected a UUID")


def test_a_body_that_is_not_json_is_refused(miniflare):
    answer = miniflare.fetch("/queue/send_batch", method="POST", body="{")
    assert answer.status_code == 400
    assert answer.text == (
        'Failed to parse request body: JsError("failed to get JSON for body value")'
    )


def test_a_body_of_another_shape_is_refused(miniflare):
    answer = miniflare.fetch("/queue/send_batch", method="POST", json=[{"id": "x"}])
    assert answer.status_code == 400
    assert answer.text.startswith("Failed to parse request body: ")
