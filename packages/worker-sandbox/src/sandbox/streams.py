"""Bodies in pieces, in and out."""

from __future__ import annotations

from collections.abc import AsyncIterator

from worker import Request, Response, RouteContext, Router


async def xor(req: Request, ctx: RouteContext) -> Response:
    """Change every byte of the body while it passes through."""
    text = ctx.param("num").removeprefix("+")
    if not text.isascii() or not text.isdecimal() or int(text) > 0xFF:
        return Response.error("invalid byte", 400)
    number = int(text)

    async def changed() -> AsyncIterator[bytes]:
        async for chunk in req.stream():
            yield bytes(byte ^ number for byte in chunk)

    return Response.from_stream(changed())


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.post("/xor/:num", xor)
