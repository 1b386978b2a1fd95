"""Tasks of overlapping requests."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from worker_build.miniflare import Miniflare

pytestmark = pytest.mark.miniflare


def told(miniflare, line: str) -> bool:
    """Whether a task ended like that, in a while."""
    deadline = time.monotonic() + 5
    while line not in miniflare.fetch("/tasks").json():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_task_is_cancelled_when_its_request_has_its_answer(miniflare):
    assert miniflare.fetch("/tasks/left-behind/a").status_code == 200
    assert told(miniflare, "a: cancelled")


def test_wait_until_keeps_a_task(miniflare):
    assert miniflare.fetch("/tasks/waited-for/b").text == "started"
    assert told(miniflare, "b: finished")


def test_a_task_of_another_request_cannot_be_waited_for(miniflare):
    miniflare.fetch("/tasks/waited-for/c")
    response = miniflare.fetch("/tasks/of-another")
    assert response.status_code == 409
    assert "which another event started" in response.text
    assert told(miniflare, "c: finished")


def test_a_lock_that_another_request_holds_is_refused_by_name(miniflare):
    assert miniflare.fetch("/tasks/take").text == "taken"
    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(miniflare.fetch, "/tasks/hold")
        time.sleep(0.3)
        response = miniflare.fetch("/tasks/take")
        assert response.status_code == 409
        assert "Lock.acquire" in response.text
        assert holding.result().text == "held"
    assert miniflare.fetch("/tasks/take").text == "taken"


def test_an_event_that_another_request_would_set_is_refused_by_name(miniflare):
    response = miniflare.fetch("/tasks/wait")
    assert response.status_code == 409
    assert "Event.wait" in response.text


def test_tasks_of_one_request_wait_for_each_other(miniflare):
    assert miniflare.fetch("/tasks/together").text == "a in, a out, b in, b out"


def test_overlapping_requests_do_not_mix(miniflare):
    with ThreadPoolExecutor(10) as pool:
        texts = list(pool.map(lambda _: miniflare.fetch("/tasks/together").text, range(20)))
    assert texts == ["a in, a out, b in, b out"] * 20


def test_the_task_of_a_handler_that_never_waits_is_done(miniflare):
    assert miniflare.fetch("/tasks/unwaiting").text == "returned"
    assert told(miniflare, "unwaiting: done")


def test_the_first_record_of_an_isolate_does_not_run_the_task_below_itself(worker_build):
    # The platform loads a module for the first `console` call, and runs microtasks meanwhile.
    options = {"compatibilityDate": "2025-07-24"}
    with Miniflare(worker_build, options) as fresh:
        assert [fresh.fetch("/tasks/logged").text for _ in range(3)] == ["waited"] * 3
