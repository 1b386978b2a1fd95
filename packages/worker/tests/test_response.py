"""Responses: constructors, readers and refusals (workers-rs `Response`)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from worker.blob import Blob, File
from worker.body import EncodeBody
from worker.cookies import Cookie
from worker.cors import Cors
from worker.errors import BodyUsedError, JsonError, StatusCodeError, StreamError
from worker.response import Response


def shown(response: Response) -> tuple[int, str | None, bytes]:
    return response.status, response.headers.get("content-type"), asyncio.run(response.bytes())


@dataclass
class Point:
    x: int
    y: str


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Response.ok("é"), (200, "text/plain; charset=utf-8", "é".encode())),
        (Response.from_html("<p>"), (200, "text/html; charset=utf-8", b"<p>")),
        (Response.from_json(Point(1, "é")), (200, "application/json", '{"x":1,"y":"é"}'.encode())),
        (Response.from_bytes(b"\0"), (200, "application/octet-stream", b"\0")),
        (Response.error("no", 418), (418, None, b"no")),
        (Response.empty(), (200, None, b"")),
        (Response.empty(status=204), (204, None, b"")),
        (Response("text"), (200, None, b"text")),
        (Response(memoryview(b"view")), (200, None, b"view")),
        (Response([b"a", "é"]), (200, None, "aé".encode())),
        (Response(io.BytesIO(b"file")), (200, None, b"file")),
        (Response(Blob("b", type="Image/PNG")), (200, "image/png", b"b")),
        (Response(File("f", "n", type="a/b")), (200, "a/b", b"f")),
    ],
)
def test_each_constructor_sets_its_status_and_content_type(
    response: Response, expected: Any
) -> None:
    assert shown(response) == expected


@pytest.mark.parametrize("status", [200, 399, 600, -1])
def test_an_error_is_in_the_range_of_errors(status: int) -> None:
    with pytest.raises(StatusCodeError, match="must be in the 400-599 range! see https://"):
        Response.error("x", status)


def test_a_redirect_has_a_location_and_no_body() -> None:
    response = Response.redirect("https://example.com/")
    assert (response.status, response.headers["location"]) == (302, "https://example.com/")
    assert Response.redirect("/x", 307).status == 307
    with pytest.raises(StatusCodeError, match="must be in the 300-399 range!"):
        Response.redirect("/x", 200)


@pytest.mark.parametrize("status", [0, 101, 199, 600, 204, 205, 304])
def test_a_status_that_cannot_be_sent_is_refused_where_it_is_set(status: int) -> None:
    with pytest.raises(StatusCodeError, match=f"{status}"):
        Response.ok("text").with_status(status)


def test_a_response_without_a_body_may_say_so() -> None:
    assert Response.empty().with_status(204).status == 204
    assert Response.ok("").with_status(304).status == 304


def test_text_may_be_read_again_and_a_stream_once() -> None:
    async def read() -> None:
        response = Response.ok("twice")
        assert await response.text() == await response.text() == "twice"

        stream = Response.from_stream(iter([b"a", b"b"]))
        assert await stream.text() == "ab"
        with pytest.raises(BodyUsedError):
            await stream.text()

    asyncio.run(read())


def test_generators_of_both_kinds_are_bodies() -> None:
    def plain() -> Iterator[bytes]:
        yield b"1"
        yield b"2"

    async def waits() -> AsyncIterator[str]:
        yield "é"
        await asyncio.sleep(0)
        yield "2"

    assert shown(Response(plain()))[2] == b"12"
    assert shown(Response(waits()))[2] == "é2".encode()


def test_closing_a_stream_reaches_the_generators_finally() -> None:
    closed: list[int] = []

    async def waits() -> AsyncIterator[bytes]:
        try:
            yield b"1"
            yield b"2"
        finally:
            closed.append(1)

    async def read() -> None:
        async with Response(waits()).stream() as stream:
            assert await stream.read() == b"1"
        assert closed == [1]
        assert await stream.read() is None

    asyncio.run(read())


@pytest.mark.parametrize("body", [{"a": 1}, 5, object()])
def test_what_is_no_body_is_refused(body: Any) -> None:
    with pytest.raises(TypeError, match=f"chunks of them, not {type(body).__name__}"):
        Response(body)


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(JsonError):
        Response.from_json(object())
    with pytest.raises(JsonError):
        Response.from_json(float("nan"))


def test_an_empty_body_is_no_stream() -> None:
    with pytest.raises(StreamError, match=r"^body is not streamable$"):
        Response.empty().stream()


def test_with_methods_change_and_return_the_response() -> None:
    response = Response.ok("x")
    assert response.with_status(201) is response
    response.with_header("X-A", "1").with_cookie(Cookie("a", "1")).with_cookie(Cookie("b", "2"))
    response.with_encode_body("manual").with_cf({"a": 1})
    response.with_cors(Cors(origins="*"))
    assert response.status == 201
    assert response.headers["x-a"] == "1"
    assert len(response.headers.get_all("set-cookie")) == 2
    assert response.encode_body is EncodeBody.MANUAL
    assert response.cf == {"a": 1}
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert dict(response.with_headers({"b": "2"}).headers) == {"b": "2"}
    with pytest.raises(TypeError, match=r"^cf must be an object$"):
        response.with_cf("x")  # type: ignore[arg-type]


def test_a_clone_keeps_everything_and_is_apart() -> None:
    response = Response("x", headers={"a": "1"}, encode_body="manual", cf={"foo": "bar"})
    twin = response.cloned()
    twin.headers["a"] = "2"
    assert response.headers["a"] == "1"
    assert (twin.encode_body, twin.cf, twin.status) == (EncodeBody.MANUAL, {"foo": "bar"}, 200)
    assert shown(twin)[2] == shown(response)[2] == b"x"


def test_typed_json_of_a_response_is_nobodys_fault() -> None:
    async def read() -> None:
        assert await Response.ok('{"x": 1, "y": "a"}').json(Point) == Point(1, "a")
        with pytest.raises(JsonError) as caught:
            await Response.ok("{").json()
        assert caught.value.status is None

    asyncio.run(read())
