"""Limits of the platform that are cheaper to check here than to break there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from worker.errors import LimitError

__all__ = [
    "at_least",
    "at_most",
    "expect",
    "expect_text",
    "page",
    "seconds",
    "unix_seconds",
    "utf8_length",
]


def at_most(what: str, actual: int, limit: int, unit: str) -> None:
    """Refuse more than the platform takes.

    Raises:
        LimitError: `actual` is greater than `limit`.
    """
    if actual > limit:
        raise _beyond(what, actual, unit, f"at most {limit}", limit)


def at_least(what: str, actual: int, limit: int, unit: str) -> None:
    """Refuse less than the platform takes.

    Raises:
        LimitError: `actual` is less than `limit`.
    """
    if actual < limit:
        raise _beyond(what, actual, unit, f"at least {limit}", limit)


def _beyond(what: str, actual: int, unit: str, bound: str, limit: int) -> LimitError:
    given = f"{actual} {unit}" if unit else str(actual)
    return LimitError(f"{what}: {given}, {bound}", limit=limit, actual=actual)


def page(limit: int | None, most: int, unit: str) -> None:
    """Check how much of a listing is asked for at once; None is as much as there may be.

    Raises:
        LimitError: it is not between 1 and `most`.
        TypeError: it is no number.
    """
    if limit is None:
        return
    expect(f"limit is a number of {unit}", limit, int)
    at_least("limit", limit, 1, unit)
    at_most("limit", limit, most, unit)


def expect_text(what: str, value: object) -> None:
    """Refuse what JavaScript would make text of by itself: `None` is no key named `null`.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(value, str):
        expect(f"{what} is text", value, str)


def expect(told: str, value: object, *types: type) -> None:
    """Refuse a value of another type.

    Args:
        told: what is expected, as the beginning of a sentence.
        value: what was given.
        types: what it may be an instance of.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, types):
        raise TypeError(f"{told}, not {type(value).__name__}")


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
