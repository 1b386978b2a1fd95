"""A queue whose messages are acknowledged one by one, tried again, and put off."""

import time

import pytest

pytestmark = pytest.mark.miniflare


def attempts(miniflare, *wanted: str) -> float:
    """Wait for them; seconds that it took."""
    begun = time.monotonic()
    while not set(wanted) <= set(found := miniflare.fetch("/errands").json()):
        assert time.monotonic() < begun + 20, found
        time.sleep(0.1)
    return time.monotonic() - begun


def test_what_is_not_acknowledged_comes_again_and_alone(miniflare):
    for body in ("easy", "difficult"):
        assert miniflare.fetch("/errands", method="POST", body=body).text == "sent"
    attempts(miniflare, "easy 1", "difficult 2")
    assert sorted(miniflare.fetch("/errands").json()) == ["difficult 1", "difficult 2", "easy 1"]


def test_a_message_is_put_off(miniflare):
    miniflare.fetch("/errands?delay=2", method="POST", body="later")
    assert attempts(miniflare, "later 1") >= 2
