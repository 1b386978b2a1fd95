"""WebSockets."""

import time


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
