"""R2 beyond the contract: ranges, conditions, digests, bodies handed on, uploads of any length."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from worker import BodyUsedError, R2Error, Request, Response, RouteContext, Router
from worker.r2 import Conditional, HttpMetadata, Object, Range

__all__ = ["routes"]

TEXT = b"0123456789"


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/r2-bodies/ranges", ranges)
    router.get("/r2-bodies/conditions", conditions)
    router.get("/r2-bodies/digests", digests)
    router.get("/r2-bodies/readers", readers)
    router.get("/r2-bodies/folders", folders)
    router.get("/r2-bodies/upload", upload)
    router.get("/r2-bodies/abort", abort)
    router.put("/r2-bodies/object", store)
    router.get("/r2-bodies/object", serve)


async def ranges(req: Request, ctx: RouteContext[Any]) -> Response:
    """Parts of an object."""
    bucket = ctx.bucket("PUT_BUCKET")
    await bucket.put("digits", TEXT)
    for part, expected in (
        (Range(offset=2, length=3), b"234"),
        (Range(offset=7), b"789"),
        (Range(length=2), b"01"),
        (Range(suffix=3), b"789"),
        (slice(4, 6), b"45"),
    ):
        found = _there(await bucket.get("digits", range=part))
        assert found.body is not None
        assert await found.body.bytes() == expected, part
        assert found.size == len(TEXT)
        assert found.range is not None
    return Response.ok("ok")


async def conditions(req: Request, ctx: RouteContext[Any]) -> Response:
    """A condition that does not hold gives no body, and stores nothing."""
    bucket = ctx.bucket("PUT_BUCKET")
    first = _there(await bucket.put("conditional", "one"))
    assert (await bucket.put("conditional", "two", only_if=Conditional(etag_matches="x"))) is None
    matches = Conditional(etag_matches=first.etag)
    assert _there(await bucket.get("conditional", only_if=matches)).body is not None
    other = Conditional(etag_does_not_match=first.etag)
    assert _there(await bucket.get("conditional", only_if=other)).body is None
    later = Conditional(uploaded_after=datetime.now(UTC) + timedelta(hours=1))
    assert _there(await bucket.get("conditional", only_if=later)).body is None
    head = _there(await bucket.head("conditional"))
    assert (head.body, head.size, head.etag) == (None, 3, first.etag)
    assert head.http_etag == f'"{head.etag}"'
    assert head.uploaded.tzinfo is UTC
    return Response.ok("ok")


async def digests(req: Request, ctx: RouteContext[Any]) -> Response:
    """Each digest is checked, and a wrong one is refused."""
    bucket = ctx.bucket("PUT_BUCKET")
    for name in ("sha1", "sha256", "sha384", "sha512"):
        digest = hashlib.new(name, TEXT)
        for written in (digest.digest(), digest.hexdigest()):
            given: dict[str, Any] = {name: written}
            stored = _there(await bucket.put(name, TEXT, **given))
            assert getattr(stored.checksums, name) == digest.digest()
    try:
        await bucket.put("wrong", TEXT, sha256=bytes(32))
    except R2Error:
        return Response.ok("ok")
    raise AssertionError("a wrong digest was taken")


async def readers(req: Request, ctx: RouteContext[Any]) -> Response:
    """A body is read once, as text, bytes, JSON, a blob or a stream."""
    bucket = ctx.bucket("PUT_BUCKET")
    await bucket.put("json", '{"a":[1]}', http_metadata=HttpMetadata(content_type="text/x"))

    async def body() -> Any:
        return _there(await bucket.get("json")).body

    assert await (await body()).text() == '{"a":[1]}'
    assert await (await body()).json(dict[str, list[int]]) == {"a": [1]}
    blob = await (await body()).blob()
    assert await blob.text() == '{"a":[1]}'
    assert b"".join([chunk async for chunk in (await body()).stream()]) == b'{"a":[1]}'
    once = await body()
    await once.bytes()
    assert once.used
    try:
        await once.text()
    except BodyUsedError:
        return Response.ok("ok")
    raise AssertionError("the body was read twice")


async def folders(req: Request, ctx: RouteContext[Any]) -> Response:
    """A delimiter folds keys together, as folders do."""
    bucket = ctx.bucket("PUT_BUCKET")
    for key in ("tree/a/1", "tree/a/2", "tree/b/1", "tree/c"):
        await bucket.put(key, None)
    page = await bucket.list(prefix="tree/", delimiter="/")
    assert page.delimited_prefixes == ("tree/a/", "tree/b/")
    assert [found.key for found in page.objects] == ["tree/c"]
    after = await bucket.list(prefix="tree/", start_after="tree/b/")
    assert [found.key for found in after.objects] == ["tree/b/1", "tree/c"]
    return Response.ok("ok")


async def upload(req: Request, ctx: RouteContext[Any]) -> Response:
    """Chunks of any size become parts of one size."""
    bucket = ctx.bucket("PUT_BUCKET")

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(12):
            yield bytes([number]) * 1_000_000

    stored = await bucket.upload(
        "uploaded", chunks(), part_size=5 * 1024 * 1024, custom_metadata={"made": "of parts"}
    )
    assert stored.size == 12_000_000
    assert stored.custom_metadata == {"made": "of parts"}
    tail = _there(await bucket.get("uploaded", range=Range(suffix=2)))
    assert tail.body is not None
    assert await tail.body.bytes() == b"\x0b\x0b"
    return Response.ok("ok")


async def abort(req: Request, ctx: RouteContext[Any]) -> Response:
    """What fails on the way is not stored, and the upload is gone."""
    bucket = ctx.bucket("PUT_BUCKET")

    async def chunks() -> AsyncIterator[bytes]:
        yield b"x"
        raise ValueError("no more")

    try:
        await bucket.upload("aborted", chunks())
    except ValueError:
        assert await bucket.head("aborted") is None
    begun = await bucket.create_multipart_upload("resumed")
    resumed = bucket.resume_multipart_upload(begun.key, begun.upload_id)
    part = await resumed.upload_part(1, "all of it")
    assert (await resumed.complete([part])).key == "resumed"
    return Response.ok("ok")


async def store(req: Request, ctx: RouteContext[Any]) -> Response:
    """A request's body is stored unread, with its headers as metadata."""
    stored = await ctx.bucket("PUT_BUCKET").put("handed-on", req, http_metadata=req.headers)
    return Response.ok(_there(stored).http_metadata.content_type or "")


async def serve(req: Request, ctx: RouteContext[Any]) -> Response:
    """An object's body becomes a response unread; the request's headers are the conditions."""
    found = await ctx.bucket("PUT_BUCKET").get("handed-on", only_if=req.headers, range=req.headers)
    if found is None:
        return Response.error("Not Found", 404)
    if found.body is None:
        return Response.empty(status=304)
    return found.body.response()


def _there(found: Object | None) -> Object:
    assert found is not None
    return found
