"""Clients that go away: an `OSError` for the application, and nothing that the log should tell."""

from __future__ import annotations

__all__ = ["ClientGoneError", "is_of_gone_client"]


class ClientGoneError(OSError):
    """What `send` raises once nobody reads any more."""


def is_of_gone_client(error: BaseException | None) -> bool:
    """Whether it is a `ClientGoneError`, or what a framework made of one."""
    while error is not None:
        if isinstance(error, ClientGoneError):
            return True
        error = error.__cause__ or error.__context__
    return False
