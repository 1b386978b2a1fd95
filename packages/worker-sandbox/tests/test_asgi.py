"""An ASGI application under the real runtime (https://asgi.readthedocs.io)."""

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus


def test_the_lifespan_runs_once_and_background_work_after_the_answer(miniflare):
    first = miniflare.fetch("/asgi/a")
    assert first.text == "GET /a ready ['startup'] some value"
    miniflare.fetch("/asgi/nothing")
    assert "['startup', 'background']" in miniflare.fetch("/asgi/b").text


def test_repeated_cookies_and_answers_without_a_body(miniflare):
    answer = miniflare.fetch("/asgi/nothing")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_a_header_travels_as_the_bytes_that_it_was_given(miniflare):
    name = "日本 é.txt".encode()
    answer = miniflare.fetch("/asgi/download", headers=[("x-name", name)])
    raw = {key.lower(): value for key, value in answer.headers.raw}
    assert raw[b"content-disposition"] == b'attachment; filename="%s"' % name
    assert answer.content == b"/asgi/download"


@pytest.mark.parametrize("size", [0, 10, 300_000])
def test_a_body_streams_in_and_out(miniflare, size):
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert miniflare.fetch("/asgi/echo", method="POST", body=body).content == body


def test_a_websocket_with_its_subprotocol_and_both_kinds_of_frames(miniflare):
    with miniflare.websocket("/asgi/ws", subprotocols=["chat", "other"]) as socket:
        assert socket.subprotocol == "chat"
        socket.send("text")
        assert socket.recv(timeout=5) == "text"
        socket.send(b"\x00\xff")
        assert socket.recv(timeout=5) == b"\x00\xff"
        socket.send("bye")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4000, "as you wish")


def test_a_websocket_that_is_refused(miniflare):
    with pytest.raises(InvalidStatus) as refused, miniflare.websocket("/asgi/ws"):
        pass
    assert refused.value.response.status_code == 403
