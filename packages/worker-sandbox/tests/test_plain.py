"""Plain handlers and middleware below an `async def` fetch handler."""

from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.miniflare


def test_a_plain_handler_waits_below_an_async_one(miniflare):
    assert miniflare.fetch("/plain/wait").text == "waited"


def test_a_plain_handler_uses_bindings(miniflare):
    assert miniflare.fetch("/plain/stored", method="POST", body="a note").text == "a note"


def test_what_it_waits_for_raises_in_it(miniflare):
    response = miniflare.fetch("/plain/failing")
    assert (response.status_code, response.text) == (504, "too late")


def test_plain_middleware_waits_too_in_a_mounted_router(miniflare):
    response = miniflare.fetch("/plain/mounted/inside")
    assert (response.text, response.headers["x-waited"]) == ("inside", "yes")


def test_only_the_handler_that_waits_waits(miniflare):
    with ThreadPoolExecutor(8) as pool:
        asked = ["/plain/wait", "/plain/mounted/x", "/plain/at-once", "/plain/failing"] * 8
        texts = list(pool.map(lambda path: miniflare.fetch(path).text, asked))
    assert texts == ["waited", "x", "at once", "too late"] * 8
