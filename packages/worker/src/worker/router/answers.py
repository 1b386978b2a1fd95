"""What a router answers by itself; the client's mistakes are `worker._mistakes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from worker.response import Response
from worker.streams import ByteStream

if TYPE_CHECKING:
    from worker.request import Request
    from worker.router.context import RouteContext

__all__ = ["method_not_allowed", "not_found", "options", "without_body"]


async def not_found(req: Request, ctx: RouteContext[Any]) -> Response:
    """404 with the crate's body."""
    return Response.error("Not Found", 404)


async def method_not_allowed(req: Request, ctx: RouteContext[Any]) -> Response:
    """405 with the crate's body, and the `Allow` header that RFC 9110 asks for."""
    response = Response.error("Method Not Allowed", 405)
    response.headers["allow"] = ", ".join(ctx.allowed)
    return response


async def options(req: Request, ctx: RouteContext[Any]) -> Response:
    """204 with the methods that the path has: the opt-in answer to OPTIONS."""
    response = Response.empty().with_status(204)
    response.headers["allow"] = ", ".join(ctx.allowed)
    return response


async def without_body(response: Response) -> Response:
    """The same response as HEAD answers it; a stream that would have been sent is closed."""
    headers = response.headers.copy()
    body = response.body
    if isinstance(body, ByteStream):
        await body.aclose()
    elif body is not None:
        size = len(body.encode() if isinstance(body, str) else body)
        headers.setdefault("content-length", str(size))
    return Response(None, status=response.status, headers=headers)
