"""ASGI applications as fetch handlers: the specification, and what Starlette relies on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from worker import asgi
from worker.asgi.lifespan import Lifespan, StartupError
from worker.asgi.scope import make_scope
from worker.errors import Error, HeaderError
from worker.request import Request
from worker.response import Response

type Run = Callable[..., Awaitable[Any]]


class Ctx:
    """Keeps what an application does after its response."""

    def __init__(self) -> None:
        self.tasks: list[Any] = []

    def wait_until(self, task: Any) -> None:
        self.tasks.append(task)


def serve(application: Any, *requests: Request) -> list[Any]:
    """Answer each request; a response becomes (status, header lines, body)."""

    async def run() -> list[Any]:
        handler = asgi.app(application)
        found = []
        for request in requests:
            ctx = Ctx()
            response: Response = await handler(request, "ENV", ctx)  # type: ignore[arg-type]
            body = await response.bytes()
            await asyncio.gather(*ctx.tasks)
            found.append((response.status, response.headers.multi_items(), body))
        return found

    return asyncio.run(run())


def get(path: str = "/", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(f"https://example.com:8443{path}", headers=named)


async def hello(scope: Any, receive: Run, send: Run) -> None:
    if scope["type"] == "lifespan":
        raise AssertionError("this application has no lifespan")
    headers = [(b"content-type", b"text/plain"), (b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


def test_an_ordinary_answer_keeps_status_body_and_repeated_cookies() -> None:
    lines = [("content-type", "text/plain"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]
    assert serve(hello, get()) == [(201, lines, b"hello")]


def test_the_scope_is_that_of_the_specification() -> None:
    request = get("/a%20b/%C3%A9?x=1&y=%20", Accept="*/*", CF_Connecting_IP="1.2.3.4")
    scope = make_scope(request, "ENV", "CTX", "", {"state": 1})  # type: ignore[arg-type]
    assert scope["type"] == "http"
    assert scope["asgi"] == {"version": "3.0", "spec_version": "2.4"}
    assert (scope["method"], scope["scheme"], scope["http_version"]) == ("GET", "https", "1.1")
    assert scope["path"] == "/a b/é"
    assert scope["raw_path"] == b"/a%20b/%C3%A9"
    assert scope["query_string"] == b"x=1&y=%20"
    assert scope["headers"] == [(b"accept", b"*/*"), (b"cf-connecting-ip", b"1.2.3.4")]
    assert scope["client"] == ("1.2.3.4", 0)
    assert scope["server"] == ("example.com", 8443)
    assert (scope["env"], scope["ctx"], scope["state"]) == ("ENV", "CTX", {"state": 1})


def test_a_header_reaches_the_application_as_the_bytes_that_were_sent() -> None:
    scope = make_scope(get(name="é"), "ENV", "CTX", "", None)  # type: ignore[arg-type]
    assert scope["headers"] == [(b"name", b"\xc3\xa9")]


def test_a_header_of_the_application_leaves_as_the_bytes_that_it_gave() -> None:
    async def named(scope: Any, receive: Run, send: Run) -> None:
        name = 'attachment; filename="日本.txt"'.encode()
        headers = [
            (b"Content-Disposition", name),
            (b"x-latin", b"caf\xe9"),
            (b"x-text", b"\xc3\xa9"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    [(_, lines, _)] = serve(named, get())
    # The platform writes UTF-8. Bytes that are none go out as the text that HTTP has them for.
    assert [(name, value.encode()) for name, value in lines] == [
        ("content-disposition", 'attachment; filename="日本.txt"'.encode()),
        ("x-latin", "café".encode()),
        ("x-text", "é".encode()),
    ]


def test_a_url_made_here_reaches_the_application_escaped() -> None:
    scope = make_scope(get("/é%20/x?q=日&r=%E6"), "ENV", "CTX", "", None)  # type: ignore[arg-type]
    assert scope["raw_path"] == b"/%C3%A9%20/x"
    assert scope["path"] == "/é /x"
    assert scope["query_string"] == b"q=%E6%97%A5&r=%E6"


def test_an_upgrade_makes_a_websocket_scope() -> None:
    request = get("/chat", Upgrade="WebSocket", Sec_WebSocket_Protocol="a, b")
    scope = make_scope(request, None, None, "", None)  # type: ignore[arg-type]
    assert (scope["type"], scope["scheme"], scope["subprotocols"]) == (
        "websocket",
        "wss",
        ["a", "b"],
    )
    assert "method" not in scope
    assert "websocket.http.response" in scope["extensions"]


def test_a_request_body_comes_in_and_ends_with_a_disconnect() -> None:
    async def echo(scope: Any, receive: Run, send: Run) -> None:
        pieces = b""
        while True:
            message = await receive()
            assert message["type"] == "http.request"
            pieces += message["body"]
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": pieces})

    small = Request("https://h/", body=b"abc", headers={"content-length": "3"})
    stream = Request("https://h/", body=iter([b"ab", b"", b"cd"]))
    assert [body for _, _, body in serve(echo, small, stream, get())] == [b"abc", b"abcd", b""]


def test_a_streamed_answer_arrives_piece_by_piece_and_waits_for_its_reader() -> None:
    sent: list[int] = []

    async def count(scope: Any, receive: Run, send: Run) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(5):
            await send({"type": "http.response.body", "body": b"%d" % number, "more_body": True})
            sent.append(number)
        await send({"type": "http.response.body"})

    async def run() -> None:
        ctx = Ctx()
        response = await asgi.app(count, lifespan=False)(get(), None, ctx)  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
        assert sent == []
        stream = response.stream()
        assert await stream.read() == b"0"
        await asyncio.sleep(0.01)
        assert sent == [0]
        assert b"".join([chunk async for chunk in stream]) == b"1234"
        await asyncio.gather(*ctx.tasks)

    asyncio.run(run())


def test_a_reader_that_goes_away_is_an_os_error_for_the_sender() -> None:
    outcome: list[BaseException] = []

    async def endless(scope: Any, receive: Run, send: Run) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
        except OSError as error:
            outcome.append(error)

    async def run() -> None:
        ctx = Ctx()
        response = await asgi.app(endless, lifespan=False)(get(), None, ctx)  # type: ignore[arg-type]
        async with response.stream() as stream:
            await stream.read()
        await asyncio.wait_for(asyncio.gather(*ctx.tasks), 1)

    asyncio.run(run())
    assert [str(error) for error in outcome] == ["the client has gone away"]


def test_the_head_goes_alone_when_the_body_is_slow() -> None:
    async def slow(scope: Any, receive: Run, send: Run) -> None:
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await asyncio.sleep(0.02)
        await send({"type": "http.response.body", "body": b"late"})

    async def run() -> None:
        ctx = Ctx()
        handler = asgi.app(slow, lifespan=False)
        response = await asyncio.wait_for(handler(get(), None, ctx), 0.015)  # type: ignore[arg-type]
        assert response.status == 202
        assert await response.text() == "late"
        await asyncio.gather(*ctx.tasks)

    asyncio.run(run())


def test_background_work_goes_on_after_the_answer() -> None:
    done: list[str] = []

    async def background(scope: Any, receive: Run, send: Run) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"now"})
        await asyncio.sleep(0.01)
        done.append("later")

    async def run() -> None:
        ctx = Ctx()
        response = await asgi.app(background, lifespan=False)(get(), None, ctx)  # type: ignore[arg-type]
        assert (await response.text(), done) == ("now", [])
        assert len(ctx.tasks) == 1
        await ctx.tasks[0]
        assert done == ["later"]

    asyncio.run(run())


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_body_gets_none(status: int) -> None:
    async def nothing(scope: Any, receive: Run, send: Run) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"dropped"})

    assert serve(nothing, get()) == [(status, [], b"")]


def test_failures_before_the_answer_are_raised_by_the_handler() -> None:
    async def fails(scope: Any, receive: Run, send: Run) -> None:
        raise LookupError("mine")

    async def silent(scope: Any, receive: Run, send: Run) -> None:
        return

    async def smuggles(scope: Any, receive: Run, send: Run) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"x\ny: z")]})

    with pytest.raises(LookupError, match="mine"):
        serve(fails, get())
    with pytest.raises(Error, match="without a response"):
        serve(silent, get())
    with pytest.raises(HeaderError):
        serve(smuggles, get())


def test_the_lifespan_runs_once_and_shares_its_state() -> None:
    seen: list[str] = []

    async def application(scope: Any, receive: Run, send: Run) -> None:
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            await asyncio.sleep(0)
            scope["state"]["db"] = "pool"
            seen.append("startup")
            await send({"type": "lifespan.startup.complete"})
            await receive()
            seen.append("shutdown")
            return
        body = f"{scope['state']['db']} {len(seen)}".encode()
        scope["state"]["db"] = "changed in this request only"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    answers = serve(application, get(), get())
    assert [body for _, _, body in answers] == [b"pool 1", b"pool 1"]
    assert seen == ["startup"]


def test_a_second_event_waits_for_the_first_ones_startup() -> None:
    order: list[str] = []

    async def application(scope: Any, receive: Run, send: Run) -> None:
        await receive()
        await asyncio.sleep(0.02)
        order.append("started")
        await send({"type": "lifespan.startup.complete"})
        await receive()

    async def run() -> None:
        life = Lifespan(application)
        await asyncio.gather(life.started(), life.started())

    asyncio.run(run())
    assert order == ["started"]


def test_a_failed_startup_is_told_and_tried_again() -> None:
    tries: list[int] = []

    async def application(scope: Any, receive: Run, send: Run) -> None:
        await receive()
        tries.append(1)
        if len(tries) == 1:
            await send({"type": "lifespan.startup.failed", "message": "no database"})
        else:
            await send({"type": "lifespan.startup.complete"})
            await receive()

    async def run() -> None:
        life = Lifespan(application)
        with pytest.raises(StartupError, match="no database"):
            await life.started()
        await life.started()

    asyncio.run(run())
