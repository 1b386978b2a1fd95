"""Which status codes a response may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from worker.errors import StatusCodeError

if TYPE_CHECKING:
    from worker.body import Body

__all__ = ["NULL_BODY", "checked", "of_error", "of_redirect"]

NULL_BODY: Final = frozenset({101, 204, 205, 304})
"""Statuses whose responses may have no body."""

_MDN: Final = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status"


def checked(status: int, body: Body) -> int:
    """The status of a response with that body.

    Raises:
        StatusCodeError: it is outside 200 to 599, or has no body and there is one.
    """
    if not _within(status, 200, 599):
        error = StatusCodeError(f"a response has a status from 200 to 599, not {status!r}")
        if status == 101:
            error.add_note("For a WebSocket, return Response.from_websocket(pair.client).")
        raise error
    if status in NULL_BODY and not body.nothing:
        error = StatusCodeError(f"a response with status {status} has no body")
        error.add_note(f"Return Response.empty(status={status}).")
        raise error
    return status


def of_error(status: int) -> int:
    """The status of an error.

    Raises:
        StatusCodeError: it is outside 400 to 599.
    """
    return _between(status, 400, 599, "error", "Response.error(message, status)")


def of_redirect(status: int) -> int:
    """The status of a redirect.

    Raises:
        StatusCodeError: it is outside 300 to 399.
    """
    return _between(status, 300, 399, "redirect", "Response.redirect(url, status)")


def _between(status: int, least: int, most: int, kind: str, call: str) -> int:
    if _within(status, least, most):
        return status
    error = StatusCodeError(
        f"{kind} status codes must be in the {least}-{most} range! see {_MDN} for more"
    )
    error.add_note(f"The status is {status!r}: it is the last argument of {call}.")
    raise error


def _within(status: object, least: int, most: int) -> bool:
    return isinstance(status, int) and least <= status <= most
