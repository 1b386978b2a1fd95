"""Workers KV beyond the contract: every kind of value, pages, bulk reads with types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from worker import ByteStream, DecodeError, JsonError, Request, Response, RouteContext, Router

__all__ = ["routes"]


@dataclass(frozen=True, slots=True)
class Account:
    """A value with a type."""

    id: int
    name: str


ANA = Account(2**60 + 1, "Ana")


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/kv-values/kinds", kinds)
    router.get("/kv-values/streams", streams)
    router.get("/kv-values/bulk", bulk)
    router.get("/kv-values/pages", pages)
    router.post("/kv-values/body", body)


async def kinds(req: Request, ctx: RouteContext[Any]) -> Response:
    """Text, bytes and JSON; numbers keep all their digits."""
    store = ctx.kv("TEST")
    await store.put("text", "naïve")
    assert await store.get("text") == "naïve"
    assert await store.get("text", bytes) == "naïve".encode()
    await store.put("bytes", b"\x00\xff", expiration_ttl=60)
    assert await store.get("bytes", bytes, cache_ttl=60) == b"\x00\xff"
    await store.put("account", ANA, metadata={"tags": ["a", None]})
    assert await store.get("account", Account) == ANA
    assert await store.get("account", dict[str, Any]) == {"id": 2**60 + 1, "name": "Ana"}
    found = await store.get_with_metadata("account", Account, dict[str, list[str | None]])
    assert (found.value, found.metadata) == (ANA, {"tags": ["a", None]})
    assert (await store.get_with_metadata("absent", bytes)).value is None
    await store.put("number", 7)
    assert await store.get("number") == "7"
    for key, wrong in (("text", JsonError), ("number", DecodeError)):
        try:
            await store.get(key, Account)
        except wrong:
            continue
        raise AssertionError(key)
    await store.delete("text")
    assert await store.get("text") is None
    return Response.ok("ok")


async def streams(req: Request, ctx: RouteContext[Any]) -> Response:
    """A stream goes in and comes out without ever being whole in Python."""
    store = ctx.kv("TEST")
    await store.put("stream", ByteStream([b"one ", b"two"]))
    stream = await store.get("stream", ByteStream)
    assert stream is not None
    assert await stream.text() == "one two"
    assert await store.get("absent", ByteStream) is None
    with_metadata = await store.get_with_metadata("stream", ByteStream)
    assert with_metadata.value is not None
    return Response.from_stream(with_metadata.value)


async def bulk(req: Request, ctx: RouteContext[Any]) -> Response:
    """Several keys in one call, with types and metadata."""
    store = ctx.kv("TEST")
    await store.put("bulk-ana", ANA, metadata=1)
    keys = ["bulk-ana", "bulk-absent"]
    assert await store.get_many(keys, Account) == {"bulk-ana": ANA, "bulk-absent": None}
    found = await store.get_many_with_metadata(keys, Account, int)
    assert (found["bulk-ana"].value, found["bulk-ana"].metadata) == (ANA, 1)
    assert (found["bulk-absent"].value, found["bulk-absent"].metadata) == (None, None)
    return Response.ok("ok")


async def pages(req: Request, ctx: RouteContext[Any]) -> Response:
    """A listing in pages, and all of it in one loop."""
    store = ctx.kv("TEST")
    for number in range(5):
        await store.put(f"page:{number}", "", metadata={"number": number})
    first = await store.list(prefix="page:", limit=2)
    assert [key.name for key in first.keys] == ["page:0", "page:1"]
    assert not first.list_complete
    second = await store.list(dict[str, int], prefix="page:", limit=2, cursor=first.cursor)
    assert [key.metadata for key in second.keys] == [{"number": 2}, {"number": 3}]
    assert [key.name async for key in store.keys(prefix="page:")][-1] == "page:4"
    return Response.ok("ok")


async def body(req: Request, ctx: RouteContext[Any]) -> Response:
    """A request's body is stored unread."""
    store = ctx.kv("TEST")
    await store.put("body", req)
    return Response.ok(await store.get("body") or "")
