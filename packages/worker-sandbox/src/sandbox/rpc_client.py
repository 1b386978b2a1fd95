"""Calling the methods of another worker: values, stubs, functions, streams and errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

from worker import ByteStream, JsError, Request, Response, RouteContext, Router
from worker.rpc import RpcStub

__all__ = ["routes"]


class Remote(Protocol):
    """What the other worker can do, for type checkers."""

    async def add(self, left: int, right: int) -> int:
        """Add two numbers."""
        ...


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/rpc-client/values", values)
    router.get("/rpc-client/stubs", stubs)
    router.get("/rpc-client/functions", functions)
    router.get("/rpc-client/streams", streams)
    router.get("/rpc-client/errors", errors)


async def values(req: Request, ctx: RouteContext[Any]) -> Response:
    """Arguments and results are Python values."""
    remote = ctx.service("remote")
    assert await remote.rpc(Remote).add(3, 4) == 7
    given = {"text": "é", "list": [1, None, 2.5], "bytes": b"\x00\xff", "set": {1, 2}}
    assert await remote.rpc().echo(given) == given
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert await remote.rpc().echo(when) == when
    assert await remote.rpc().nothing() is None
    return Response.ok("ok")


async def stubs(req: Request, ctx: RouteContext[Any]) -> Response:
    """An object of the other side keeps its state, until it is let go."""
    with await ctx.service("remote").rpc().counter() as counter:
        assert isinstance(counter, RpcStub)
        assert await counter.increment(2) == 2
        assert await counter.increment(3) == 5
        assert await counter.size == 5
        twin = await counter.twin
        assert await twin.increment(1) == 6
    return Response.ok("ok")


async def functions(req: Request, ctx: RouteContext[Any]) -> Response:
    """A function that is passed can be called from there."""
    seen: list[int] = []

    async def double(number: int) -> int:
        seen.append(number)
        return number * 2

    assert await ctx.service("remote").rpc().call(double, 21) == 42
    assert seen == [21]
    return Response.ok("ok")


async def streams(req: Request, ctx: RouteContext[Any]) -> Response:
    """A stream crosses as a stream, and a response as a response."""
    remote = ctx.service("remote").rpc()
    stream = await remote.stream()
    assert isinstance(stream, ByteStream)
    assert await stream.text() == "streamed"
    return await remote.respond("answered")


async def errors(req: Request, ctx: RouteContext[Any]) -> Response:
    """What the other side throws is raised here."""
    try:
        await ctx.service("remote").rpc().fail()
    except JsError as error:
        return Response.ok(f"{error.name}: {error.message}")
    raise AssertionError("nothing was raised")
