"""A WSGI application under the real runtime (PEP 3333)."""


def test_it_waits_without_await_and_repeats_headers(miniflare):
    answer = miniflare.fetch("/wsgi/env")
    assert answer.text == "some value"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_chunks_are_sent_as_they_are_made(miniflare):
    assert miniflare.fetch("/wsgi/numbers").text == "0 1 2 3 4 "


def test_the_body_is_read_as_it_comes(miniflare):
    body = b"0123456789" * 30_000
    assert miniflare.fetch("/wsgi/echo", method="POST", body=body).content == body
