"""What goes on after the answer."""

import time

import pytest

pytestmark = pytest.mark.miniflare


def test_what_is_waited_for_finishes_after_the_answer(miniflare):
    begun = time.monotonic()
    assert miniflare.fetch("/context/wait-until/later").text == "answered"
    store = miniflare.kv("TEST")
    while store.get("later") is None:
        assert time.monotonic() - begun < 10
        time.sleep(0.05)
    assert store.get("later") == "stored"


def test_a_failure_after_the_answer_is_logged(miniflare):
    assert miniflare.fetch("/context/wait-until-fails").text == "answered"
    deadline = time.monotonic() + 5
    while not any("failed after the answer" in line.message for line in miniflare.logs):
        assert time.monotonic() < deadline, miniflare.logs
        time.sleep(0.05)
    assert miniflare.fetch("/context/pass-through").text == "ok"
