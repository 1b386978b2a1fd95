"""Times as Durable Objects and Workflows take them, and what an alarm is told."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self, final

__all__ = ["AlarmInfo", "ScheduledTime", "from_milliseconds", "milliseconds", "span"]

type ScheduledTime = datetime | timedelta
"""A moment (aware), or an offset from now."""

_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(when: ScheduledTime) -> int:
    """The moment as milliseconds since the Unix epoch, never before what was asked for.

    Raises:
        ValueError: the datetime has no time zone, so which moment it means is unknown.
    """
    if isinstance(when, timedelta):
        return round(time.time() * 1000) + span(when)
    if when.tzinfo is None:
        error = ValueError("the datetime has no time zone")
        error.add_note("Use datetime.now(UTC), or a timedelta for an offset from now.")
        raise error
    return span(when - datetime(1970, 1, 1, tzinfo=UTC))


def from_milliseconds(value: float) -> datetime:
    """Milliseconds since the Unix epoch as an aware UTC datetime."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


def span(length: timedelta) -> int:
    """A length of time in whole milliseconds, rounded up: a wait is never cut short."""
    return -(-length // _MILLISECOND)


@final
@dataclass(frozen=True, slots=True)
class AlarmInfo:
    """What the platform tells an alarm handler that takes an argument.

    Attributes:
        is_retry: whether an earlier run of the same alarm failed.
        retry_count: how many times it has failed, 0 at the first run.
        scheduled_time: when it was due (UTC); None where the runtime does not say.

    Source: https://developers.cloudflare.com/durable-objects/api/alarms/
    """

    is_retry: bool
    retry_count: int
    scheduled_time: datetime | None = None

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        due = getattr(js, "scheduledTime", None)
        return cls(
            is_retry=bool(getattr(js, "isRetry", False)),
            retry_count=int(getattr(js, "retryCount", 0)),
            scheduled_time=from_milliseconds(due) if isinstance(due, int | float) else None,
        )
