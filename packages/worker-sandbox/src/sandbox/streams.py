"""Bodies in pieces, in and out."""

from __future__ import annotations

from collections.abc import AsyncIterator

from worker import Request, Response, RouteContext, Router

from sandbox.contract import unsigned


async def xor(req: Request, ctx: RouteContext) -> Response:
    """Change every byte of the body while it passes through."""
    number = unsigned(ctx.param("num"), 0xFF)
    if number is None:
        return Response.error("invalid byte", 400)

    chunks = req.stream()

    async def changed() -> AsyncIterator[bytes]:
        async for chunk in chunks:
            yield bytes(byte ^ number for byte in chunk)

    return Response.from_stream(changed())


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.post("/xor/:num", xor)
