"""Cron triggers.

Source: workers-rs `schedule.rs`;
https://developers.cloudflare.com/workers/runtime-apis/handlers/scheduled/
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import final

from worker_sys import calls

from worker._handle import Handle

__all__ = ["ScheduledEvent"]


@final
class ScheduledEvent(Handle):
    """One run of a cron trigger, given to `@event.scheduled`.

    Source: workers-rs `ScheduledEvent`
    """

    __slots__ = ()

    @property
    def cron(self) -> str:
        """The expression that matched, as the wrangler file has it: `*/5 * * * *`.

        Source: workers-rs `ScheduledEvent::cron`
        """
        return str(self.js.cron)

    @property
    def scheduled_time(self) -> datetime:
        """When the run was due (UTC); it may have started a little later.

        Source: workers-rs `ScheduledEvent::schedule`
        """
        milliseconds = float(self.js.scheduledTime)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)

    @property
    def type(self) -> str:
        """Always `scheduled`.

        Source: workers-rs `ScheduledEvent::ty`
        """
        return "scheduled"

    def no_retry(self) -> None:
        """Do not run this again should the handler fail.

        Source: https://developers.cloudflare.com/workers/runtime-apis/handlers/scheduled/
        """
        calls.call(self.js, "noRetry")

    def __repr__(self) -> str:
        """For logs."""
        return f"<ScheduledEvent {self.cron!r} {self.scheduled_time.isoformat()}>"
