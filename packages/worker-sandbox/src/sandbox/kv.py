"""Workers KV: text, metadata, expiry, bulk reads and listings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from worker import Error, KvStore, LimitError, Request, Response, RouteContext, Router

__all__ = ["routes"]


@dataclass(frozen=True, slots=True)
class Note:
    """Metadata with a shape."""

    a: str = ""
    b: int = 0


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.post("/kv/:key/:value", put_and_list)
    router.get("/kv/get", get)
    router.get("/kv/get-not-found", get_not_found)
    router.get("/kv/list-keys", list_keys)
    router.get("/kv/put-simple", put_simple)
    router.get("/kv/put-metadata", put_metadata)
    router.get("/kv/put-metadata-struct", put_metadata_struct)
    router.get("/kv/put-expiration", put_expiration)
    router.get("/kv/get-bulk", get_bulk)
    router.get("/kv/get-bulk-empty", get_bulk_empty)
    router.get("/kv/get-bulk-limit", get_bulk_limit)


async def put_and_list(req: Request, ctx: RouteContext[Any]) -> Response:
    """Store a value, then list the namespace."""
    namespace = ctx.kv("SOME_NAMESPACE")
    _, _, key, value = req.path.split("/")
    await namespace.put(key, value)
    page = await namespace.list()
    keys = [
        {"name": key.name, "expiration": key.expiration, "metadata": key.metadata}
        for key in page.keys
    ]
    return Response.from_json(
        {"keys": keys, "list_complete": page.list_complete, "cursor": page.cursor}
    )


async def get(req: Request, ctx: RouteContext[Any]) -> Response:
    """Read a key that a test has put there."""
    value = await _store(ctx).get("simple")
    return Response.error("not found", 404) if value is None else Response.ok(value)


async def get_not_found(req: Request, ctx: RouteContext[Any]) -> Response:
    """A key that does not exist is None."""
    if await _store(ctx).get("not_found") is not None:
        return Response.error("unexpected value present", 500)
    return Response.ok("passed")


async def list_keys(req: Request, ctx: RouteContext[Any]) -> Response:
    """One key is there, and the listing has it."""
    page = await _store(ctx).list()
    return _equal(len(page.keys), 1)


async def put_simple(req: Request, ctx: RouteContext[Any]) -> Response:
    """What is written is read back."""
    store = _store(ctx)
    await store.put("put_a", "test")
    return _equal(await store.get("put_a"), "test")


async def put_metadata(req: Request, ctx: RouteContext[Any]) -> Response:
    """A number can be metadata."""
    store = _store(ctx)
    await store.put("put_b", "test", metadata=100)
    found = await store.get_with_metadata("put_b", str, int)
    return _equal((found.value, found.metadata), ("test", 100))


async def put_metadata_struct(req: Request, ctx: RouteContext[Any]) -> Response:
    """So can a dataclass, which comes back as one."""
    store = _store(ctx)
    await store.put("put_d", "test", metadata=Note())
    found = await store.get_with_metadata("put_d", str, Note)
    return _equal((found.value, found.metadata), ("test", Note()))


async def put_expiration(req: Request, ctx: RouteContext[Any]) -> Response:
    """A key tells when it expires."""
    store = _store(ctx)
    await store.put("put_c", "test", expiration=2_000_000_000)
    _equal(await store.get("put_c"), "test")
    found = [key.expiration async for key in store.keys(prefix="put_c") if key.name == "put_c"]
    return _equal(found, [2_000_000_000])


async def get_bulk(req: Request, ctx: RouteContext[Any]) -> Response:
    """Several keys in one call; the missing one is None."""
    store = _store(ctx)
    await store.put("bulk_a", "value_a")
    await store.put("bulk_b", "value_b")
    found = await store.get_many(["bulk_a", "bulk_b", "bulk_missing"])
    return _equal(found, {"bulk_a": "value_a", "bulk_b": "value_b", "bulk_missing": None})


async def get_bulk_empty(req: Request, ctx: RouteContext[Any]) -> Response:
    """No keys give no entries, without a call."""
    return _equal(await _store(ctx).get_many([]), {})


async def get_bulk_limit(req: Request, ctx: RouteContext[Any]) -> Response:
    """More than 100 keys are refused before they are sent."""
    try:
        await _store(ctx).get_many(f"key_{number}" for number in range(101))
    except LimitError:
        return Response.ok("passed")
    return Response.error("expected error for >100 keys", 500)


def _store(ctx: RouteContext[Any]) -> KvStore:
    return ctx.kv("TEST")


def _equal(left: object, right: object) -> Response:
    """`passed`, or an error that shows both sides."""
    if left != right:
        raise Error(f"{left!r} != {right!r}")
    return Response.ok("passed")
