"""Streams of every kind: of known length, compressed, endless."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from enum import Enum
from typing import Literal

from worker import (
    ByteStream,
    CompressionStream,
    DecompressionStream,
    FixedLengthStream,
    JsError,
    Request,
    Response,
    RouteContext,
    Router,
    StreamError,
)

ended: list[str] = []
made: list[int] = []


class Format(Enum):
    """The formats that the platform knows."""

    GZIP = "gzip"
    DEFLATE = "deflate"
    RAW = "deflate-raw"


async def blocks(count: int, size: int = 65536) -> AsyncIterator[bytes]:
    """Blocks of zeros; `ended` tells how the generator was left."""
    made = 0
    try:
        for _ in range(count):
            yield bytes(size)
            made += 1
            await asyncio.sleep(0)
    finally:
        ended.append("all" if made == count else "early")


async def many(_req: Request, ctx: RouteContext) -> Response:
    """So many blocks of 64 KiB."""
    return Response.from_stream(blocks(ctx.param("count", int)))


async def counted(_req: Request, ctx: RouteContext) -> Response:
    """So many blocks; `/streams/made` tells how many of them were made so far."""

    async def counting() -> AsyncIterator[bytes]:
        made.clear()
        async for block in blocks(ctx.param("count", int)):
            made.append(len(block))
            yield block

    return Response.from_stream(counting())


async def how_many(_req: Request, _ctx: RouteContext) -> Response:
    """How many blocks the reader of `/streams/counted` has asked for."""
    return Response.from_json(len(made))


async def how(_req: Request, _ctx: RouteContext) -> Response:
    """How the streams ended, since the last time."""
    told = Response.from_json(list(ended))
    ended.clear()
    return told


async def fixed(_req: Request, ctx: RouteContext) -> Response:
    """Ten bytes, announced as so many."""
    return Response.from_stream(FixedLengthStream(blocks(1, 10), ctx.param("length", int)))


async def lengths(_req: Request, ctx: RouteContext) -> Response:
    """What comes of a stream that announces one length and has another."""
    source = blocks(ctx.param("blocks", int), 1)
    try:
        data = await FixedLengthStream(source, ctx.param("length", int)).bytes()
    except StreamError as error:
        return Response.error(str(error), 422)
    return Response.from_bytes(data)


async def compress(req: Request, ctx: RouteContext) -> Response:
    """The body, compressed in the format of the path."""
    return Response(req.stream().pipe_through(CompressionStream(_format(ctx))))


async def decompress(req: Request, ctx: RouteContext) -> Response:
    """The body, decompressed."""
    try:
        return Response.from_bytes(
            await req.stream().pipe_through(DecompressionStream(_format(ctx))).bytes()
        )
    except JsError as error:
        return Response.error(error.message, 400)


def _format(ctx: RouteContext) -> Literal["gzip", "deflate", "deflate-raw"]:
    """One of three: what else comes is refused with a 422."""
    return ctx.param("format", Format).value


async def packed(req: Request, _ctx: RouteContext) -> Response:
    """The body compressed and decompressed, without a byte entering Python."""
    there = req.stream().pipe_through(CompressionStream("gzip"))
    return Response.from_stream(there.pipe_through(DecompressionStream("gzip")))


async def compressed(_req: Request, _ctx: RouteContext) -> Response:
    """A body that the worker has compressed itself."""
    body = ByteStream([b"hello " * 100]).pipe_through(CompressionStream("gzip"))
    return Response(body, headers={"content-encoding": "gzip"}, encode_body="manual")


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/streams/blocks/:count", many)
    router.get("/streams/ended", how)
    router.get("/streams/fixed/:length", fixed)
    router.get("/streams/compressed", compressed)
    router.post("/streams/packed", packed)
    router.get("/streams/counted/:count", counted)
    router.get("/streams/made", how_many)
    router.get("/streams/lengths/:length/:blocks", lengths)
    router.post("/streams/compress/:format", compress)
    router.post("/streams/decompress/:format", decompress)
