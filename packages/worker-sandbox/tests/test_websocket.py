"""WebSockets."""

import json
import time

import pytest
from websockets.exceptions import ConnectionClosed


def test_every_text_comes_back_and_the_close_is_noticed(miniflare):
    assert miniflare.fetch("/got-close-event").text == "false"
    with miniflare.websocket("/websocket") as socket:
        for text in ("one", "two"):
            socket.send(text)
            assert socket.recv(timeout=5) == text
    deadline = time.monotonic() + 10
    while miniflare.fetch("/got-close-event").text != "true":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_worker_is_a_client_of_another(miniflare):
    assert miniflare.fetch("/ws-client").text == "Hello, world!"


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["chat.v1", "chat.v2"], "chat.v2"),
        (["chat.v1"], "chat.v1"),
        (["other"], None),
        (None, None),
    ],
)
def test_the_worker_chooses_a_protocol_of_those_offered(miniflare, offered, chosen):
    with miniflare.websocket("/ws-protocols", subprotocols=offered) as socket:
        assert socket.subprotocol == chosen
        assert json.loads(socket.recv(timeout=5)) == {"protocol": chosen}


def test_both_kinds_of_frames_and_the_end_with_its_code_and_reason(miniflare):
    with miniflare.websocket("/ws-protocols") as socket:
        socket.recv(timeout=5)
        for message in ("grüße", b"\x00\xff", ""):
            socket.send(message)
            assert socket.recv(timeout=5) == message
        socket.send("bye")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4000, "as you wish")
