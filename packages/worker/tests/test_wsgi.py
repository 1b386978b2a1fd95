"""WSGI applications as fetch handlers (PEP 3333)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from worker import wsgi
from worker.errors import HeaderError
from worker.request import Request
from worker_sys import aio


@pytest.fixture(autouse=True)
def plain_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython has no stack to switch: call through, which is what an application sees."""

    async def run_blocking(function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)

    monkeypatch.setattr(aio, "run_blocking", run_blocking)


def serve(application: Any, request: Request, **options: Any) -> tuple[int, Any, bytes]:
    async def run() -> tuple[int, Any, bytes]:
        response = await wsgi.app(application, **options)(request, "ENV", "CTX")  # type: ignore[arg-type]
        return response.status, response.headers.multi_items(), await response.bytes()

    return asyncio.run(run())


def test_a_list_is_the_body() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"a", b"b"]

    cookies = [("set-cookie", "a=1"), ("set-cookie", "b=2")]
    assert serve(application, Request("https://h/")) == (201, cookies, b"ab")


def test_the_environ_is_that_of_the_pep() -> None:
    request = Request(
        "https://example.com:8443/base/a%20b/%C3%A9?x=%20",
        method="POST",
        headers={"Content-Type": "a/b", "X-Twice": "1", "Cookie": "c"},
    )
    environ = wsgi.make_environ(request, "/base")
    assert environ["REQUEST_METHOD"] == "POST"
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/base", "/a b/Ã©")
    assert environ["QUERY_STRING"] == "x=%20"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("example.com", "8443")
    assert (environ["CONTENT_TYPE"], environ["HTTP_X_TWICE"]) == ("a/b", "1")
    assert environ["wsgi.url_scheme"] == "https"
    assert environ["wsgi.version"] == (1, 0)


def test_a_header_is_a_character_for_each_byte() -> None:
    environ = wsgi.make_environ(Request("https://h/", headers={"X-Name": "é"}))
    assert environ["HTTP_X_NAME"] == "Ã©"


def test_a_header_of_the_application_leaves_as_the_bytes_that_it_gave() -> None:
    def named(environ: Any, start_response: Any) -> list[bytes]:
        raw = "日本.txt".encode().decode("latin-1")  # as PEP 3333 writes bytes
        start_response("200 OK", [("Content-Disposition", raw), ("X-Latin", "café")])
        return []

    lines = dict(serve(named, Request("https://h/"))[1])
    assert lines == {"content-disposition": "日本.txt", "x-latin": "café"}


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b", "日本"])
def test_a_header_that_is_no_line_of_bytes_is_refused(value: str) -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("X-A", value)])
        return []

    with pytest.raises(HeaderError):
        serve(application, Request("https://h/"))


def test_an_exception_after_the_head_was_sent_is_raised_again() -> None:
    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"begun"
        try:
            {}["mine"]
        except KeyError:
            start_response("500 Oops", [], sys.exc_info())

    with pytest.raises(KeyError, match="mine"):
        serve(application, Request("https://h/"))


def test_a_generator_is_sent_as_it_goes_and_closed() -> None:
    closed: list[bool] = []

    class Chunks:
        def __iter__(self) -> Iterator[bytes]:
            yield b"1"
            yield b"2"

        def close(self) -> None:
            closed.append(True)

    def application(environ: Any, start_response: Any) -> Chunks:
        start_response("200 OK", [])
        return Chunks()

    assert serve(application, Request("https://h/"))[2] == b"12"
    assert closed == [True]


def test_a_generator_may_start_its_response_late() -> None:
    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", "4")])
        yield b"late"

    assert serve(application, Request("https://h/"))[2] == b"late"


def test_what_is_written_comes_before_what_is_returned() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", [])
        write(b"first ")
        return [b"second"]

    assert serve(application, Request("https://h/"))[2] == b"first second"


def test_a_status_without_body_gets_none() -> None:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("204 No Content", [])
        return [b"dropped"]

    assert serve(application, Request("https://h/")) == (204, [], b"")


def test_start_response_is_called_once_unless_there_is_an_exception() -> None:
    def twice(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        start_response("500 Oops", [])
        return []

    def replaces(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        start_response("500 Oops", [], (None, None, None))
        return [b"oops"]

    with pytest.raises(Exception, match="start_response twice"):
        serve(twice, Request("https://h/"))
    assert serve(replaces, Request("https://h/"))[0] == 500
