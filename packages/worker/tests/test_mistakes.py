"""Mistakes, of clients and of newcomers: each is told with what, where and how to mend it."""

import time
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare, MockRequest, Reply

PROJECT = """
[project]
name = "mistakes"
version = "1"
requires-python = ">=3.12"
dependencies = ["worker[pydantic]"]
"""

NEWCOMER = """
from dataclasses import dataclass
from inspect import iscoroutine

from worker import (
    CompressionStream, Cookie, Request, Response, Router, WebSocketPair, event, fetch
)


@dataclass
class Order:
    count: int
    name: str


def chunks():
    yield "one"
    yield 2


async def main_page():
    return Response.ok("page")


async def twice(req):
    await req.text()
    return Response.ok(await req.text())


async def unread(req):
    return Response.ok(req.text())


def nothing(req, ctx):
    Response.ok("forgotten")


async def after(req, ctx, next):
    await next(req, ctx)


async def without_next(req, ctx):
    return Response.ok("")


handlers = Router().get("/", nothing)
surrounded = Router().use(after).get("/", lambda req, ctx: Response.ok(""))


def unaccepted():
    WebSocketPair().server.send("early")


def accepted():
    server = WebSocketPair().server
    server.accept()
    return server


CASES = {
    "none": lambda req: None,
    "dict": lambda req: {"a": 1},
    "int": lambda req: 5,
    "text": lambda req: "text",
    "bytes": lambda req: b"bytes",
    "not-awaited": lambda req: main_page(),
    "body-not-awaited": unread,
    "body-twice": twice,
    "ok-of-bytes": lambda req: Response.ok(b"bytes"),
    "ok-of-dict": lambda req: Response.ok({"a": 1}),
    "bytes-of-text": lambda req: Response.from_bytes("text"),
    "body-of-dict": lambda req: Response({"a": 1}),
    "body-of-function": lambda req: Response(chunks),
    "body-of-numbers": lambda req: Response([1, 2]),
    "swapped": lambda req: Response.error(404, "Not Found"),
    "text-204": lambda req: Response("text", status=204),
    "status-99": lambda req: Response("text", status=99),
    "status-text": lambda req: Response("text", status="200"),
    "status-101": lambda req: Response(status=101),
    "header-newline": lambda req: Response.ok("").with_header("x-a", "a\\nb"),
    "header-number": lambda req: Response("", headers={"x-a": 5}),
    "header-none": lambda req: Response("", headers={"x-a": None}),
    "headers-text": lambda req: Response("", headers="x-a: 5"),
    "headers-list": lambda req: Response("", headers=["x-a", "5"]),
    "headers-incoming": lambda req: req.headers.update({"x-a": "5"}),
    "cookie-number": lambda req: Response.ok("").with_cookie(Cookie("a", 5)),
    "url-relative": lambda req: fetch("/relative"),
    "url-wrong": lambda req: fetch("https://exa mple.com/"),
    "redirect-error": lambda req: fetch("https://example.com/", redirect="error"),
    "format": lambda req: CompressionStream("zip"),
    "socket-early": lambda req: unaccepted(),
    "socket-dict": lambda req: accepted().send({"a": 1}),
    "socket-code": lambda req: accepted().close(999),
}


@event.fetch
async def main(req, env, ctx):
    what = req.path[1:]
    if what == "stream":
        return Response(chunks())
    if what == "query":
        return Response.from_json(req.query(Order))
    if what == "json":
        return Response.from_json(await req.json(Order))
    if what == "form":
        return Response.from_json(len(await req.form_data()))
    if what == "elsewhere":
        return Response.from_json(await Response.ok("{").json(Order))
    if what == "attribute":
        return Response.ok(env.NAME)
    if what == "through":
        ctx.pass_through_on_exception()
        raise ValueError("the worker fails")
    if what == "handler":
        return await handlers.run(Request("https://h/"), env, ctx)
    if what == "middleware":
        return await surrounded.run(Request("https://h/"), env, ctx)
    if what == "middleware-of-two":
        return Router().use(without_next)
    answer = CASES[what](req)
    return answer if what == "not-awaited" or not iscoroutine(answer) else await answer
"""

TOLD = {
    "none": ("TypeError: a fetch handler returned NoneType, not a Response", "`return`"),
    "dict": ("a fetch handler returned dict, not a Response", "Return Response.from_json(value)."),
    "int": ("a fetch handler returned int, not a Response", "Return Response.from_json(value)."),
    "text": ("a fetch handler returned str, not a Response", "Return Response.ok(text)"),
    "bytes": ("a fetch handler returned bytes, not a Response", "Response.from_bytes(data)"),
    "not-awaited": (
        "a fetch handler returned coroutine, not a Response",
        "It came from main (/session/app/main.py:",
        "`main_page` was called without being awaited: put `await` in front of the call.",
    ),
    "body-not-awaited": ("Response.ok takes text, not coroutine", "put `await` in front"),
    "body-twice": ("BodyUsedError: body has already been read", "Keep what the first read gave"),
    "ok-of-bytes": ("TypeError: Response.ok takes text, not bytes", "Response.from_bytes"),
    "ok-of-dict": ("TypeError: Response.ok takes text, not dict", "Response.from_json"),
    "bytes-of-text": ("Response.from_bytes takes bytes, not str", "Response.ok"),
    "body-of-dict": ("chunks of them, not dict", "Response.from_json(value)"),
    "body-of-function": ("chunks of them, not function", "Call it"),
    "body-of-numbers": ("TypeError: the chunks of a stream are bytes or text, not int",),
    "swapped": ("400-599 range", "The status is 'Not Found'", "Response.error(message, status)"),
    "text-204": ("a response with status 204 has no body", "Response.empty(status=204)"),
    "status-99": ("StatusCodeError: a response has a status from 200 to 599, not 99",),
    "status-text": ("a response has a status from 200 to 599, not '200'",),
    "status-101": ("not 101", "Response.from_websocket(pair.client)"),
    "header-newline": ("HeaderError: invalid value of header 'x-a'", "one line of characters"),
    "header-number": ("TypeError: the value of header 'x-a' is text, not int", "str(value)"),
    "header-none": ("TypeError: the value of header 'x-a' is text, not NoneType",),
    "headers-text": ("headers are a mapping, or pairs (name, value), not str",),
    "headers-list": ("headers are a mapping, or pairs (name, value), not list",),
    "headers-incoming": ("ImmutableError", "change a .copy()"),
    "cookie-number": ("TypeError: the value of cookie 'a' is text, not int", "str(value)"),
    "url-relative": ("UrlError", "needs an absolute URL such as https://example.com/"),
    "url-wrong": ("UrlError", "https://exa mple.com/"),
    "redirect-error": ("UrlError", 'use "manual"'),
    "format": ("ValueError: a stream is compressed as gzip, deflate or deflate-raw, not 'zip'",),
    "socket-early": ("WebSocketError: You must call", "accept()"),
    "socket-dict": ("TypeError: a message is text or bytes, not dict", "send_json(value)"),
    "socket-code": ("WebSocketError", "close code"),
    "handler": ("a handler returned NoneType, not a Response", "nothing (/session/app/main.py:"),
    "middleware": ("middleware returned NoneType, not a Response", "after (/session/app/main.py:"),
    "middleware-of-two": ("TypeError: without_next(req, ctx) must take (req, ctx, next)",),
    "attribute": ("AttributeError", 'env.var("NAME")', "worker-build types"),
}


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("mistakes")
    (folder / "src").mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "src" / "main.py").write_text(NEWCOMER)
    pipeline.build(folder)
    with Miniflare(folder / "build", {}, outbound={"http*": origin}) as running:
        yield running


def origin(asked: MockRequest) -> Reply:
    return Reply(f"{asked.method} at the origin: {asked.body.decode()}")


def failure(worker: Miniflare, path: str) -> str:
    """What the log tells about the failure of this path."""
    before = len(worker.logs)
    response = worker.fetch(path, method="POST", body="a body")
    assert (response.status_code, response.text) == (500, "INTERNAL SERVER ERROR")
    return logged(worker, before)


def logged(worker: Miniflare, before: int) -> str:
    deadline = time.monotonic() + 5
    while True:
        errors = [line.message for line in worker.logs[before:] if line.level == "error"]
        if errors:
            return "\n".join(errors)
        assert time.monotonic() < deadline, "nothing was logged"
        time.sleep(0.02)


@pytest.mark.parametrize("what", TOLD)
def test_a_newcomers_mistake_is_told_with_what_to_do(worker, what):
    told = failure(worker, f"/{what}")
    assert [part for part in TOLD[what] if part not in told] == []
    assert "never awaited" not in told


def test_a_stream_that_fails_is_one_entry_of_the_log(worker):
    before = len(worker.logs)
    worker.fetch("/stream")
    told = logged(worker, before).partition("\nUncaught")[0]
    assert told.startswith("a streamed body failed\nTraceback")
    assert "TypeError: the chunks of a stream are bytes or text, not int" in told


@pytest.mark.parametrize(
    ("path", "given", "status", "places"),
    [
        ("/query?count=x", {}, 422, ["query count", "query name"]),
        ("/json", {"json": {"count": "x"}}, 422, ["body count", "body name"]),
        ("/json", {"body": "{"}, 400, ["body "]),
        ("/form", {"body": "no form"}, 400, ["body "]),
    ],
)
def test_a_handler_without_a_router_answers_the_clients_mistakes_too(
    worker, path, given, status, places
):
    before = len(worker.logs)
    response = worker.fetch(path, method="POST", **given)
    assert response.status_code == status
    assert response.json()["error"] == "invalid request"
    found = [f"{problem['in']} {problem['at']}" for problem in response.json()["problems"]]
    assert found == places
    assert [line for line in worker.logs[before:] if "worker.errors" in line.message] == []


def test_what_another_server_sent_is_not_the_clients_mistake(worker):
    assert "JsonError: the body is not JSON" in failure(worker, "/elsewhere")


def test_a_handler_that_fails_may_leave_the_request_to_the_origin(worker):
    before = len(worker.logs)
    response = worker.fetch("/through", method="POST", body="a body")
    assert (response.status_code, response.text) == (200, "POST at the origin: a body")
    assert "ValueError: the worker fails" in logged(worker, before)
