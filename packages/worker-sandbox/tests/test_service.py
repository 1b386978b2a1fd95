"""A service binding, answered by the test."""

import pytest
from worker_build.miniflare import MockRequest, Reply

pytestmark = pytest.mark.miniflare

asked: list[MockRequest] = []


def answer(request: MockRequest) -> Reply:
    asked.append(request)
    return Reply("hello world")


@pytest.fixture(scope="module")
def miniflare_options():
    return {"services": {"remote": answer}}


def test_a_request_is_handed_on_as_it_came(miniflare):
    found = miniflare.fetch("/remote-by-request", headers={"x-mine": "1"})
    assert (found.status_code, found.text) == (200, "hello world")
    assert asked[-1].method == "GET"
    assert asked[-1].url.endswith("/remote-by-request")
    assert asked[-1].headers["x-mine"] == "1"


def test_another_request_is_sent_to_the_same_address(miniflare):
    found = miniflare.fetch("/remote-by-path")
    assert (found.status_code, found.text) == (200, "hello world")
    assert asked[-1].method == "POST"
    assert asked[-1].url.endswith("/remote-by-path")
