"""What a router answers by itself.

An invalid request is answered with a JSON body that lists every problem:

    {"error": "invalid request",
     "problems": [{"in": "query", "at": "limit", "message": "…"},
                  {"in": "body", "at": "items[0].price", "message": "…"}]}

`in` is `path`, `query` or `body`; `at` is the place in it, empty for the whole of it. The status
is 422, or 400 where the body is not JSON, or no form, at all. Values that came are not repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from worker.errors import FormDataError, JsonError, Problem, ValidationError
from worker.response import Response
from worker.streams import ByteStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from worker.request import Request
    from worker.router.context import RouteContext
    from worker.router.types import ErrorHandler

__all__ = ["MISTAKES", "method_not_allowed", "not_found", "options", "to_mistake", "without_body"]

MISTAKES: Final = frozenset({ValidationError, JsonError, FormDataError})
"""The errors that can be the client's mistake."""


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


def to_mistake(error: Exception) -> ErrorHandler | None:
    """What answers an error that is the client's mistake; None when it is not."""
    if isinstance(error, ValidationError):
        return _invalid
    if isinstance(error, JsonError | FormDataError) and error.status is not None:
        return _malformed
    return None


async def _invalid(req: Request, ctx: RouteContext[Any], error: ValidationError) -> Response:
    """422 with every problem of the request."""
    return _problems(error.problems).with_status(422)


async def _malformed(
    req: Request, ctx: RouteContext[Any], error: JsonError | FormDataError
) -> Response:
    """400 (or the error's own status) for a body that is not JSON, or no form."""
    return _problems([Problem("body", "", str(error))]).with_status(error.status or 400)


def _problems(problems: Iterable[Problem]) -> Response:
    listed = [
        {"in": problem.where, "at": problem.at, "message": problem.message} for problem in problems
    ]
    return Response.from_json({"error": "invalid request", "problems": listed})


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
