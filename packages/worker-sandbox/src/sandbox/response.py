"""Responses: text, bytes, JSON, status, headers, copies."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from worker import EncodeBody, Request, Response, RouteContext, Router, delay

from sandbox.contract import js_date, unsigned


def user_id_test(req: Request, ctx: RouteContext) -> Response:
    """A parameter in the middle of a path."""
    return Response.ok(f"TEST user id: {ctx.param('id')}")


async def user(req: Request, ctx: RouteContext) -> Response:
    """A record as JSON, with dates."""
    return Response.from_json(
        {
            "id": ctx.param("id"),
            "timestamp": time.time_ns() // 1_000_000,
            "date_from_int": js_date(datetime.fromtimestamp(1234567.890, UTC)),
            "date_from_str": js_date(
                datetime.strptime("Jan 14 1980 23:56:07 -0700", "%b %d %Y %H:%M:%S %z")
            ),
        }
    )


async def create_zone(req: Request, ctx: RouteContext) -> Response:
    """The same path under two methods: POST."""
    return Response.ok(f"Create new zone for Account: {ctx.param('id')}")


async def list_zones(req: Request, ctx: RouteContext) -> Response:
    """The same path under two methods: GET."""
    return Response.ok(f"Account id: {ctx.param('id')}..... You get a zone, you get a zone!")


async def send_bytes(req: Request, ctx: RouteContext) -> Response:
    """Bytes."""
    return Response.from_bytes(bytes([1, 2, 3, 4, 5, 6, 7]))


async def status(req: Request, ctx: RouteContext) -> Response:
    """Any status code."""
    code = unsigned(ctx.param("code"), 0xFFFF)
    if code is None:
        return Response.error("Failed to parse your status code.", 400)
    return Response.ok("You set the status code!").with_status(code)


def say_method(req: Request, ctx: RouteContext) -> Response:
    """A header on a plain answer."""
    return Response.ok(f"Ok: {req.method}").with_header("x-testing", "123")


async def say_method_async(req: Request, ctx: RouteContext) -> Response:
    """The same in a coroutine."""
    return Response.ok(f"Ok (async): {req.method}").with_header("x-testing", "123")


async def options(req: Request, ctx: RouteContext) -> Response:
    """A wildcard under one method."""
    return Response.ok(req.path)


async def redirect(req: Request, ctx: RouteContext) -> Response:
    """302, unless another status is given."""
    return Response.redirect("https://example.com/")


async def redirect_307(req: Request, ctx: RouteContext) -> Response:
    """A redirect that keeps the method."""
    return Response.redirect("https://example.com/", 307)


async def now(req: Request, ctx: RouteContext) -> Response:
    """The current time."""
    return Response.ok(js_date(datetime.now(UTC)))


async def cloned(req: Request, ctx: RouteContext) -> Response:
    """A response can be read twice when it is copied first."""
    first = Response.ok("Hello")
    second = first.cloned()
    return Response.ok(_word(await first.text() == await second.text()))


async def cloned_stream(req: Request, ctx: RouteContext) -> Response:
    """So can one that streams."""

    async def digits() -> AsyncIterator[str]:
        for digit in range(10):
            await delay(0.1)
            yield str(digit)

    first = Response.from_stream(digits())
    second = first.cloned()
    return Response.ok(_word(await first.text() == await second.text()))


async def cloned_response_attributes(req: Request, ctx: RouteContext) -> Response:
    """A copy keeps what is set beside the body."""
    first = Response.empty().with_encode_body(EncodeBody.MANUAL).with_cf({"foo": "bar"})
    second = first.cloned()
    same = first.encode_body == second.encode_body == EncodeBody.MANUAL and first.cf == second.cf
    return Response.ok(_word(same))


async def wait(req: Request, ctx: RouteContext) -> Response:
    """Wait a while before answering."""
    milliseconds = unsigned(ctx.param("delay"), 2**64 - 1)
    if milliseconds is None:
        return Response.error("invalid delay", 400)
    await delay(milliseconds / 1000)
    return Response.ok("Waited!\n")


async def custom_body(req: Request, ctx: RouteContext) -> Response:
    """A body without a content type."""
    return Response.from_body(b"hello")


def _word(value: bool) -> str:
    return "true" if value else "false"


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/user/:id/test", user_id_test)
    router.get("/user/:id", user)
    router.post("/account/:id/zones", create_zone)
    router.get("/account/:id/zones", list_zones)
    router.get("/bytes", send_bytes)
    router.get("/status/:code", status)
    for method in (router.put, router.patch, router.delete, router.head):
        method("/", say_method)
        method("/async", say_method_async)
    router.options("/*catchall", options)
    router.get("/redirect-default", redirect)
    router.get("/redirect-307", redirect_307)
    router.get("/now", now)
    router.get("/cloned", cloned)
    router.get("/cloned-stream", cloned_stream)
    router.get("/cloned-response", cloned_response_attributes)
    router.get("/wait/:delay", wait)
    router.get("/custom-response-body", custom_body)
