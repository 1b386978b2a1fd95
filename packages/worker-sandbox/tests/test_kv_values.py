"""Workers KV beyond the contract, against Miniflare's."""

import pytest

pytestmark = pytest.mark.miniflare


@pytest.mark.parametrize("route", ["kinds", "bulk", "pages"])
def test_kv_values(miniflare, route: str):
    answer = miniflare.fetch(f"/kv-values/{route}")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_a_stream_is_handed_on(miniflare):
    assert miniflare.fetch("/kv-values/streams").text == "one two"


def test_a_request_body_is_stored_unread(miniflare):
    answer = miniflare.fetch("/kv-values/body", method="POST", body="x" * 100_000)
    assert answer.text == "x" * 100_000
