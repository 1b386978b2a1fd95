"""Waiting for time to pass.

Source: workers-rs `Delay`
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

__all__ = ["delay"]


async def delay(duration: float | timedelta) -> None:
    """Wait; only this task waits. Cancelling it clears the timer.

    Args:
        duration: seconds, or a timedelta.

    Source: workers-rs `Delay::from`.
    """
    await asyncio.sleep(duration.total_seconds() if isinstance(duration, timedelta) else duration)
