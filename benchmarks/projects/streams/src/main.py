"""Bodies chunk by chunk through Python, and one passed through."""

from collections.abc import AsyncIterator, Iterator

from worker import Context, Env, Request, Response, event

CHUNK = b"x" * 16384


async def size(req: Request) -> Response:
    """How long the body is."""
    total = 0
    async for chunk in req.stream():
        total += len(chunk)
    return Response.ok(str(total))


def written() -> Iterator[bytes]:
    """A mebibyte."""
    for _ in range(64):
        yield CHUNK


async def copied(req: Request) -> AsyncIterator[bytes]:
    """The body, each chunk as Python's bytes."""
    async for chunk in req.stream():
        yield chunk


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer."""
    match req.path:
        case "/through":
            return Response.from_stream(req.stream())
        case "/read":
            return await size(req)
        case "/write":
            return Response.from_stream(written())
        case "/both":
            return Response.from_stream(copied(req))
        case _:
            return Response.ok("ready")
