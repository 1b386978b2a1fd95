"""What a request that is not as the handler wants it is answered with.

A JSON body that lists every problem:

    {"error": "invalid request",
     "problems": [{"in": "query", "at": "limit", "message": "…"},
                  {"in": "body", "at": "items[0].price", "message": "…"}]}

`in` is `path`, `query` or `body`; `at` is the place in it, empty for the whole of it. The status
is 422, or 400 where the body is not JSON, or no form, at all. Values that came are not repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from worker.errors import FormDataError, JsonError, Problem, ValidationError
from worker.response import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MISTAKES", "answer_to"]

MISTAKES: Final = frozenset({ValidationError, JsonError, FormDataError})
"""The errors that can be the client's mistake."""


def answer_to(error: Exception) -> Response | None:
    """The answer to the client's mistake; None for an error that is the worker's own."""
    if isinstance(error, ValidationError):
        return _listed(error.problems, 422)
    if isinstance(error, JsonError | FormDataError) and error.status is not None:
        return _listed([Problem("body", "", str(error))], error.status)
    return None


def _listed(problems: Iterable[Problem], status: int) -> Response:
    listed = [
        {"in": problem.where, "at": problem.at, "message": problem.message} for problem in problems
    ]
    return Response.from_json({"error": "invalid request", "problems": listed}, status=status)
