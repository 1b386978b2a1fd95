"""Requests to elsewhere."""

import time

import pytest
from worker_build.miniflare import Miniflare, Reply


def test_two_requests(miniflare):
    assert miniflare.fetch("/fetch").text == "received responses with codes 200 and 200"


def test_json_as_the_type_that_is_expected(miniflare):
    expected = "API Returned user: 1 with title: delectus aut autem and completed: false"
    assert miniflare.fetch("/fetch_json").text == expected


def test_an_answer_from_elsewhere_is_handed_on(miniflare):
    response = miniflare.fetch("/proxy_request/https://cloudflare.com/")
    assert (response.status_code, response.text) == (200, "cloudflare!")


def test_requests_made_first_and_sent_then(miniflare):
    assert miniflare.fetch("/request-init-fetch").text == "cloudflare!"
    assert miniflare.fetch("/request-init-fetch-post").json()["url"] == "https://httpbin.org/post"


def test_a_request_is_given_up(miniflare):
    assert miniflare.fetch("/cancelled-fetch").text == "AbortError: The operation was aborted"


def test_a_request_that_takes_too_long_is_given_up(miniflare):
    begun = time.monotonic()
    assert miniflare.fetch("/fetch-timeout").text == "Cancelled"
    assert time.monotonic() - begun < 8


def test_an_answer_is_copied_before_it_is_read(miniflare):
    assert miniflare.fetch("/cloned-fetch").text == "true"


def test_what_no_route_matches_reaches_the_fallback(miniflare):
    response = miniflare.fetch("/nowhere/at/all", method="PUT")
    assert (response.status_code, response.text) == (404, "not here")


@pytest.mark.parametrize("body", ["not json", '{"userId": "x"}'])
def test_json_of_another_type_is_an_error(worker_build, body):
    outbound = {"https://jsonplaceholder.typicode.com/todos/1": Reply(body)}
    options = {"compatibilityDate": "2025-07-24"}
    with Miniflare(worker_build, options, outbound=outbound) as worker:
        response = worker.fetch("/fetch_json")
        assert (response.status_code, response.text) == (500, "JSON serialization error")
