"""A site for the examples to ask: redirects, cookies, compression, uploads and slowness."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><title> A page </title><h1>One</h1>
<a href="/b">b</a><a href="https://example.com/">out</a><a href="/b">b again</a>
<h2>Two <b>too</b></h2>"""
LARGE = 300_000


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path.startswith("/users/"):
            self._answer(302, b"", [("location", f"/people/{path[7:]}?{query}")])
        elif path.startswith("/people/"):
            told = {"name": path[8:], "query": query, "agent": self.headers["user-agent"]}
            cookies = [("set-cookie", "a=1"), ("set-cookie", "b=2; Path=/")]
            body = gzip.compress(json.dumps(told).encode())
            self._answer(200, body, [("content-encoding", "gzip"), *cookies])
        elif path == "/large":
            self._answer(200, b"x" * LARGE, [])
        elif path == "/slow":
            time.sleep(1)
            self._answer(200, b"", [])
        elif path == "/page":
            self._answer(200, PAGE.encode(), [("content-type", "text/html")])
        else:
            self._answer(404, b"", [])

    def do_POST(self) -> None:
        told = {"path": self.path, "size": len(self._body())}
        self._answer(201, json.dumps(told).encode(), [])

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", "0")))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in [*headers, ("content-length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
