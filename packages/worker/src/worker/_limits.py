"""Limits of the platform that are cheaper to check here than to break there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from worker.errors import LimitError

__all__ = ["at_least", "at_most", "seconds", "unix_seconds", "utf8_length"]


def at_most(what: str, actual: int, limit: int, unit: str) -> None:
    """Refuse more than the platform takes.

    Raises:
        LimitError: `actual` is greater than `limit`.
    """
    if actual > limit:
        raise LimitError(f"{what}: {actual} {unit}, at most {limit}", limit=limit, actual=actual)


def at_least(what: str, actual: int, limit: int, unit: str) -> None:
    """Refuse less than the platform takes.

    Raises:
        LimitError: `actual` is less than `limit`.
    """
    if actual < limit:
        raise LimitError(f"{what}: {actual} {unit}, at least {limit}", limit=limit, actual=actual)


def utf8_length(text: str) -> int:
    """The number of bytes of `text` in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def seconds(duration: float | timedelta | None) -> int | None:
    """A duration in whole seconds; None stays None."""
    if isinstance(duration, timedelta):
        return round(duration.total_seconds())
    return None if duration is None else int(duration)


def unix_seconds(moment: float | datetime | None) -> int | None:
    """A moment in whole seconds since 1970; a naive `datetime` is taken as UTC; None stays None."""
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(aware.timestamp())
    return None if moment is None else int(moment)
