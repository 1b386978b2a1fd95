"""Workflows."""

import time
from typing import Any

import pytest

pytestmark = pytest.mark.miniflare


def status(miniflare, id: str, *, until: str) -> dict[str, Any]:
    """The state of an instance, once it is `until`."""
    deadline = time.monotonic() + 20
    while True:
        found = miniflare.fetch(f"/workflow/{id}").json()
        if found["status"] == until:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def create(miniflare, id: str, grams: int) -> None:
    response = miniflare.fetch(f"/workflow/{id}", method="POST", json={"to": "Ada", "grams": grams})
    assert (response.status_code, response.text) == (200, id)


def test_steps_are_tried_again_and_an_event_is_waited_for(miniflare):
    create(miniflare, "small", 200)
    assert miniflare.fetch("/workflow/small/sign", method="POST", body="Bob").text == "signed"
    assert status(miniflare, "small", until="complete") == {
        "status": "complete",
        "output": {
            "to": "Ada",
            "price": 1,
            "drove": "arrived at attempt 2",
            "signed": {"by": "Bob"},
        },
        "error": None,
    }


def test_a_step_that_must_not_be_tried_again_ends_the_instance(miniflare):
    create(miniflare, "heavy", 20_000)
    found = status(miniflare, "heavy", until="errored")
    assert "NonRetryableError" in found["error"]
    miniflare.logs.wait_for("too heavy")


def test_an_instance_is_ended_from_outside(miniflare):
    create(miniflare, "stopped", 200)
    assert miniflare.fetch("/workflow/stopped", method="DELETE").text == "stopped"
    status(miniflare, "stopped", until="terminated")
