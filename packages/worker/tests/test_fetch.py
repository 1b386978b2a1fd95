"""Fetching from a real server, and how that fails (workers-rs `Fetch`)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.pyodide


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(0.5)
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("location", "/")
            self.end_headers()
            return
        length = int(self.headers.get("content-length", 0))
        body = f"{self.command} {self.headers.get('x-a')} ".encode() + self.rfile.read(length)
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_request_is_sent_and_answered(pyodide, server: str) -> None:
    found = pyodide.run(
        """
    from worker.fetch import fetch
    from worker.request import Request
    plain = await fetch(server + "/")
    posted = await fetch(server + "/", method="POST", body="text", headers={"x-a": "1"})
    made = await fetch(Request(server + "/missing", json=[1]))
    [plain.status, await plain.text(), await posted.text(), made.status, await made.text()]
    """,
        server=server,
    )
    assert found == [200, "GET None ", "POST 1 text", 404, "POST None [1]"]


def test_redirects_are_followed_or_handed_back(pyodide, server: str) -> None:
    found = pyodide.run(
        """
    from worker.fetch import fetch
    followed = await fetch(server + "/redirect")
    manual = await fetch(server + "/redirect", redirect="manual")
    [followed.status, followed.redirected, followed.url == server + "/", manual.status]
    """,
        server=server,
    )
    assert found == [200, True, True, 302]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('await fetch("http://127.0.0.1:1/")', ["FetchError", "ConnectionError"]),
        (
            'await fetch(server + "/slow", timeout=0.02)',
            ["TimedOutError", "AbortError", "TimeoutError"],
        ),
        ('await fetch(server + "/slow", signal=AbortSignal.timeout(0.02))', ["TimedOutError"]),
        ("await fetch(server, signal=AbortSignal.abort())", ["AbortError"]),
        ('await fetch(server, signal=AbortSignal.abort(KeyError("mine")))', ["KeyError"]),
        ('await fetch("/relative")', ["UrlError", "ValueError"]),
        ('await fetch(Request(server), method="POST")', ["TypeError"]),
    ],
)
def test_each_failure_has_its_class(pyodide, server: str, code: str, expected: list[str]) -> None:
    found = pyodide.run(
        f"""
    from worker.abort import AbortSignal
    from worker.fetch import fetch
    from worker.request import Request
    try:
        {code}
        names = ["nothing was raised"]
    except Exception as error:
        names = [cls.__name__ for cls in type(error).__mro__]
    names
    """,
        server=server,
    )
    assert [name for name in expected if name not in found] == []
    assert found[0] == expected[0]


def test_cancelling_the_task_gives_the_request_up(pyodide, server: str) -> None:
    found = pyodide.run(
        """
    import asyncio
    from worker.fetch import fetch
    try:
        async with asyncio.timeout(0.02):
            await fetch(server + "/slow")
        told = "nothing"
    except TimeoutError:
        told = "timeout"
    told
    """,
        server=server,
    )
    assert found == "timeout"
