"""R2: objects, their metadata, conditions, and uploads in parts."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from worker import Bucket, FixedLengthStream, Request, Response, RouteContext, Router
from worker.r2 import Conditional, HttpMetadata, Include, Object

__all__ = ["routes"]

CUSTOM = {"a": "b"}
MD5 = bytes.fromhex("1a79a4d60de6718e8e5b326e338ae533")
MEBIBYTE = 1024 * 1024

_seeded = False


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/r2/list-empty", list_empty)
    router.get("/r2/list", list_objects)
    router.get("/r2/get-empty", get_empty)
    router.get("/r2/get", get)
    router.put("/r2/put", put)
    router.put("/r2/put-properties", put_properties)
    router.put("/r2/put-multipart", put_multipart)
    router.delete("/r2/delete", delete)


async def list_empty(req: Request, ctx: RouteContext[Any]) -> Response:
    """A bucket without objects."""
    page = await ctx.bucket("EMPTY_BUCKET").list()
    assert (page.objects, page.truncated, page.cursor) == ((), False, None)
    return Response.ok("ok")


async def list_objects(req: Request, ctx: RouteContext[Any]) -> Response:
    """Pages, prefixes, and what a listing includes."""
    bucket = await _seeded_bucket(ctx)
    page = await bucket.list()
    assert (len(page.objects), page.truncated, page.cursor) == (3, False, None)
    first = await bucket.list(limit=1)
    assert (len(first.objects), first.truncated) == (1, True)
    assert first.cursor is not None
    rest = await bucket.list(cursor=first.cursor)
    assert (len(rest.objects), rest.truncated) == (2, False)
    folder = await bucket.list(prefix="no-")
    assert (len(folder.objects), folder.truncated) == (2, False)
    custom = await bucket.list(include=[Include.CUSTOM_METADATA])
    assert len([found for found in custom.objects if found.custom_metadata]) == 1
    typed = await bucket.list(include=[Include.HTTP_METADATA])
    assert len([found for found in typed.objects if found.http_metadata.content_type]) == 1
    assert len([found async for found in bucket.objects()]) == 3
    return Response.ok("ok")


async def get_empty(req: Request, ctx: RouteContext[Any]) -> Response:
    """What does not exist is None, whatever the conditions."""
    bucket = ctx.bucket("EMPTY_BUCKET")
    assert await bucket.get("doesnt-exist") is None
    now = datetime.now(UTC)
    condition = Conditional(
        etag_matches="b", etag_does_not_match="a", uploaded_after=now, uploaded_before=now
    )
    assert await bucket.get("doesnt-exist-with-properties", only_if=condition) is None
    return Response.ok("ok")


async def get(req: Request, ctx: RouteContext[Any]) -> Response:
    """Bodies and metadata as they were stored."""
    bucket = await _seeded_bucket(ctx)
    assert await _text(bucket, "no-props") == "text"
    found = await bucket.get("with-props")
    assert found is not None
    assert found.body is not None
    assert await found.body.text() == "example"
    _check_properties(found)
    return Response.ok("ok")


async def put(req: Request, ctx: RouteContext[Any]) -> Response:
    """Every kind of body."""
    bucket = ctx.bucket("PUT_BUCKET")
    await bucket.put("text", "text")
    await bucket.put("bytes", bytes(32))
    await bucket.put("empty", None)
    await bucket.put("stream", FixedLengthStream([bytes(16)] * 16, 256))
    assert await _text(bucket, "text") == "text"
    assert await _bytes(bucket, "stream") == bytes(256)
    empty = await bucket.get("empty")
    assert empty is not None
    assert empty.body is None or await empty.body.bytes() == b""
    return Response.ok("ok")


async def put_properties(req: Request, ctx: RouteContext[Any]) -> Response:
    """What a `put` gives back has the properties that it stored."""
    _check_properties(await _put_with_properties(ctx.bucket("PUT_BUCKET"), "with_props"))
    return Response.ok("ok")


async def put_multipart(req: Request, ctx: RouteContext[Any]) -> Response:
    """An upload in three parts: numbered from 1, and of one length but for the last."""
    bucket = ctx.bucket("PUT_BUCKET")
    lengths = (5 * MEBIBYTE + 100, 5 * MEBIBYTE + 100, 500)
    parts = [bytes([filler]) * length for filler, length in enumerate(lengths)]
    upload = await bucket.create_multipart_upload("multipart_upload")
    uploaded = [await upload.upload_part(number, part) for number, part in enumerate(parts, 1)]
    await upload.complete(uploaded)
    assert await _bytes(bucket, "multipart_upload") == b"".join(parts)
    return Response.ok("ok")


async def delete(req: Request, ctx: RouteContext[Any]) -> Response:
    """One object, then a thousand in one call."""
    bucket = ctx.bucket("DELETE_BUCKET")
    await bucket.put("key", None)
    assert len((await bucket.list()).objects) == 1
    await bucket.delete("key")
    keys = [f"key_{number}" for number in range(1000)]
    for key in keys:
        await bucket.put(key, None)
    assert len((await bucket.list()).objects) == 1000
    await bucket.delete_multiple(keys)
    assert (await bucket.list()).objects == ()
    return Response.ok("ok")


async def _seeded_bucket(ctx: RouteContext[Any]) -> Bucket:
    global _seeded
    bucket = ctx.bucket("SEEDED_BUCKET")
    if not _seeded:
        _seeded = True
        await bucket.put("no-props", "text")
        await bucket.put("no-props-no-body", None)
        await _put_with_properties(bucket, "with-props")
    return bucket


async def _put_with_properties(bucket: Bucket, key: str) -> Object:
    stored = await bucket.put(
        key, "example", http_metadata=_http_metadata(), custom_metadata=CUSTOM, md5=MD5
    )
    assert stored is not None
    return stored


def _http_metadata() -> HttpMetadata:
    return HttpMetadata(
        content_type="text/text",
        content_language="en-US",
        content_disposition="inline",
        content_encoding="gzip",
        cache_control="immutable",
        cache_expiry=datetime.now(UTC),
    )


def _check_properties(found: Object) -> None:
    """Everything but the expiry, which is the time of the call."""
    assert found.custom_metadata == CUSTOM
    assert found.http_metadata.cache_expiry is not None
    stored = dataclasses.replace(found.http_metadata, cache_expiry=None)
    assert stored == dataclasses.replace(_http_metadata(), cache_expiry=None)
    assert found.checksums.md5 == MD5


async def _bytes(bucket: Bucket, key: str) -> bytes:
    found = await bucket.get(key)
    assert found is not None
    assert found.body is not None
    return await found.body.bytes()


async def _text(bucket: Bucket, key: str) -> str:
    return (await _bytes(bucket, key)).decode()
