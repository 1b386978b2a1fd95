"""Failures, and what each costs (the unwind column of the contract)."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.miniflare

HUNG = "Workers runtime canceled"
HELLO = "Hello from my-durable-object!"
UNSTORED = re.compile(r"self\.count: (\d+), self\.unstored_count: (\d+),")


def counts(miniflare) -> tuple[int, int]:
    """Count once more: what storage has, and what memory has."""
    found = UNSTORED.search(miniflare.fetch("/durable/x").text)
    assert found is not None
    return int(found[1]), int(found[2])


def together(miniflare, *paths: str) -> list[tuple[int, str]]:
    """Ask for all paths at once."""
    with ThreadPoolExecutor(len(paths)) as pool:
        answers = list(pool.map(miniflare.fetch, paths))
    return [(answer.status_code, answer.text) for answer in answers]


def test_an_exception_is_an_answer_and_is_logged(miniflare):
    response = miniflare.fetch("/test-panic")
    assert response.status_code == 500
    assert response.text.startswith("PanicError:")
    assert "Intentional panic for testing context abort functionality" in response.text
    miniflare.logs.wait_for("Traceback")


def test_an_exception_costs_no_state(miniflare):
    stored, unstored = counts(miniflare)
    for times in range(1, 4):
        assert miniflare.fetch("/test-panic").status_code == 500
        assert counts(miniflare) == (stored + 10 * times, unstored + times)


@pytest.mark.parametrize("path", ["/test-abort", "/test-oom"])
def test_a_lost_instance_takes_what_was_in_memory(miniflare, path):
    stored, _ = counts(miniflare)
    begun = time.monotonic()
    response = miniflare.fetch(path)
    assert (response.status_code, HUNG in response.text) == (500, True)
    assert time.monotonic() - begun < 10
    assert counts(miniflare) == (stored + 10, 1)
    assert counts(miniflare) == (stored + 20, 2)


@pytest.mark.parametrize("path", ["/test-abort", "/test-oom"])
def test_a_new_instance_is_ready_for_any_event(miniflare, path):
    miniflare.fetch(path)
    assert miniflare.fetch("/init-called").text == "true"
    miniflare.fetch(path)
    assert miniflare.fetch("/queue").text == "[]"
    miniflare.fetch(path)
    assert miniflare.fetch("/durable/hello").text == HELLO


def test_an_event_that_never_answers_is_ended_by_the_platform_and_costs_no_state(miniflare):
    stored, unstored = counts(miniflare)
    response = miniflare.fetch("/test-js-error")
    assert (response.status_code, HUNG in response.text) == (500, True)
    assert "Intentional JS error" not in response.text
    miniflare.logs.wait_for("Intentional JS error for testing recovery")
    assert counts(miniflare) == (stored + 10, unstored + 1)


def test_requests_after_an_exception_are_served(miniflare):
    assert miniflare.fetch("/test-panic").status_code == 500
    assert together(miniflare, *["/durable/hello"] * 3) == [(200, HELLO)] * 3


def test_requests_beside_an_exception_are_served(miniflare):
    panic, *others = together(miniflare, "/test-panic", "/durable/hello", "/durable/hello")
    assert panic[0] == 500
    assert panic[1].startswith("PanicError:")
    assert others == [(200, HELLO)] * 2


def test_requests_beside_a_lost_instance_are_served_or_ended(miniflare):
    abort, *others = together(miniflare, "/test-abort", "/durable/hello", "/durable/hello")
    assert abort[0] == 500
    for status, text in others:
        assert (status, text) == (200, HELLO) or (status, HUNG in text) == (500, True)
    assert miniflare.fetch("/durable/hello").text == HELLO


@pytest.mark.parametrize("path", ["/test-panic", "/test-abort"])
def test_failures_may_come_again_and_again(miniflare, path):
    for _ in range(3):
        assert miniflare.fetch(path).status_code == 500
        assert miniflare.fetch("/durable/hello").text == HELLO


def test_what_is_lost_in_one_place_is_whole_in_another(miniflare):
    with miniflare.websocket("/durable/websocket") as socket:
        socket.send("before")
        assert socket.recv(timeout=5).isdecimal()
        miniflare.fetch("/test-abort")
        # The relay of the old instance is gone; the object's storage is not.
    stored, _ = counts(miniflare)
    with miniflare.websocket("/durable/websocket") as socket:
        socket.send("after")
        assert int(socket.recv(timeout=5)) == stored + 10
