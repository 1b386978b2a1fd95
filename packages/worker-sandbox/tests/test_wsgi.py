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


def test_a_header_travels_as_the_bytes_that_it_was_given(miniflare):
    name = "日本 é.txt".encode()
    answer = miniflare.fetch("/wsgi/download?q=%E6%97%A5", headers=[("x-name", name)])
    raw = {key.lower(): value for key, value in answer.headers.raw}
    assert raw[b"content-disposition"] == b'attachment; filename="%s"' % name
    assert answer.content == b"q=%E6%97%A5"
