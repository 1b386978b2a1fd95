"""Servers on this machine: what the worker's requests and sockets make of them."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from websockets.sync.server import ServerConnection, serve

pytestmark = pytest.mark.miniflare


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        body = self.body()
        match self.path:
            case "/redirect":
                self.send_response(307)
                self.send_header("location", "/there")
                self.send_header("content-length", "0")
                self.end_headers()
            case "/slow":
                time.sleep(1)
                self.answer(b"late")
            case "/slow-body":
                self.answer(b"12345", b"67890", pause=0.5)
            case "/cut":
                self.answer(b"12345", length=10)
                self.connection.shutdown(socket.SHUT_RDWR)
            case _:
                self.answer(f"{self.command} {self.path} {body.decode()}".encode())

    do_POST = do_GET

    def body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"|".join(pieces)

    def answer(self, *pieces: bytes, pause: float = 0, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("content-length", str(length or sum(map(len, pieces))))
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(pause)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address) -> None:
        """What breaks here is looked at from the other side."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def socket_url() -> Iterator[str]:
    def talk(connection: ServerConnection) -> None:
        for message in connection:
            if message == "bye":
                return connection.close(4001, "so be it")
            connection.send(message)
        return None

    protocols = ["chat.v1", "chat.v3"]
    with serve(talk, "127.0.0.1", 0, subprotocols=protocols) as server:  # type: ignore[arg-type]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/"
        server.shutdown()


@pytest.fixture(scope="module")
def miniflare_options():
    return {"outbound": None, "outboundService": {"network": {"allow": ["local"]}}}


def test_redirects_are_followed_or_handed_back(miniflare, url):
    assert miniflare.fetch(f"/fetch/redirects?url={url}/redirect").json() == {
        "followed": [200, True, "POST /there kept"],
        "manual": [307, False, "/there"],
    }


def test_each_failure_has_its_class(miniflare, url):
    assert miniflare.fetch(f"/fetch/failures?url={url}").json() == {
        "nobody listens": "FetchError",
        "the head is late": "TimedOutError",
        "a signal's time is up": "TimedOutError",
        "one of two signals": "KeyError",
        "aborted before": "AbortError",
        "cut off": "FetchError",
        "the body is late": "1234567890",
        "the body's time is up": "TimedOutError",
    }


def test_a_body_is_sent_while_it_is_made(miniflare, url):
    pieces = "|".join(f"{number} " for number in range(10))
    assert miniflare.fetch(f"/fetch/streams?url={url}/up").text == f"POST /up {pieces}"


def test_a_client_learns_which_protocol_was_chosen_and_how_it_ended(miniflare, socket_url):
    assert miniflare.fetch(f"/ws-visit?url={socket_url}").json() == {
        "protocol": "chat.v1",
        "seen": ["text", [0, 255], [4001, "so be it", True]],
    }
