"""Times that were read while building, brought to the time of the isolate.

The clock of an image stands at 2020-01-01. Where a variable keeps a time that was read at import,
`remember` is given its place last in the build, and before the first event `go_on` moves the value
by the time that has passed since then.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

__all__ = ["go_on", "is_time", "remember"]

_YEARS = range(1970, 3000)
_UNITS = ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3))
"""Below each bound, how many nanoseconds the unit of a number has: seconds, milliseconds, …"""

_places: list[tuple[Any, str]] = []
_then = 0


def remember(places: Iterable[tuple[Any, str]]) -> None:
    """Keep the places of times, each an object and the name of its attribute."""
    global _then
    _places[:] = places
    _then = time.time_ns()


def go_on() -> None:
    """Move every time that was remembered to now."""
    if not _places:
        return
    now = time.time_ns()
    for owner, name in _places:
        setattr(owner, name, _moved(getattr(owner, name), now))


def is_time(value: object) -> bool:
    """Whether a value is of a kind that `go_on` can move.

    Numbers count seconds, milliseconds, microseconds or nanoseconds since 1970, or are years;
    the rest are `datetime` and `date`.
    """
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) or hasattr(value, "toordinal")


def _moved(value: Any, now: int) -> Any:
    if isinstance(value, (int, float)):
        if value in _YEARS:
            return value + time.gmtime(now // 10**9).tm_year - time.gmtime(_then // 10**9).tm_year
        unit = next((unit for bound, unit in _UNITS if value < bound), 1)
        passed = now - _then
        return value + (passed // unit if isinstance(value, int) else passed / unit)
    from datetime import UTC, datetime, timedelta

    if isinstance(value, datetime):
        return value + timedelta(microseconds=(now - _then) // 1000)
    days = [datetime.fromtimestamp(each // 10**9, UTC).date() for each in (now, _then)]
    return value + (days[0] - days[1])
