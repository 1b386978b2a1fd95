"""Streams of every kind: of known length, compressed, endless."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from worker import FixedLengthStream, Request, Response, RouteContext, Router
from worker.streams import ByteStream
from worker.transforms import CompressionStream, DecompressionStream

ended: list[str] = []


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


async def how(_req: Request, _ctx: RouteContext) -> Response:
    """How the streams ended, since the last time."""
    told = Response.from_json(list(ended))
    ended.clear()
    return told


async def fixed(_req: Request, ctx: RouteContext) -> Response:
    """Ten bytes, announced as so many."""
    return Response.from_stream(FixedLengthStream(blocks(1, 10), ctx.param("length", int)))


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
