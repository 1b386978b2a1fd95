"""What a workflow's step does about failures: tries again, waits, is undone.

Source: https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, Self, final

from worker_sys import aio, convert, proxies

from worker.durable.alarms import span

__all__ = [
    "Backoff",
    "Delay",
    "DelayContext",
    "Rollback",
    "RollbackConfig",
    "RollbackContext",
    "StepConfig",
    "StepContext",
    "config",
]

_RETRIES: Final = 5
_DELAY: Final = timedelta(seconds=10)
"""The platform's own defaults; it wants both when one is given."""

type Backoff = Literal["constant", "linear", "exponential"]
"""How the wait between two attempts grows."""


@final
@dataclass(frozen=True, slots=True)
class StepConfig:
    """What a step does about failures, with what it was not told filled in by the platform.

    Attributes:
        retries: how often it is tried again.
        delay: how long it waits before; text as the platform writes it (`"10 seconds"`) or a length
            of time, None where a function decides.
        backoff: how the wait grows.
        timeout: of each attempt, as `delay`.
    """

    retries: int | None = None
    delay: timedelta | str | None = None
    backoff: str | None = None
    timeout: timedelta | str | None = None

    @classmethod
    def _from_plain(cls, plain: dict[str, Any]) -> Self:
        again: dict[str, Any] = plain.get("retries") or {}
        return cls(
            again.get("limit"),
            _length(again.get("delay")),
            again.get("backoff"),
            _length(plain.get("timeout")),
        )


@final
@dataclass(frozen=True, slots=True)
class StepContext:
    """Which step is running, given to a step function that takes an argument.

    Attributes:
        name: the step's name.
        count: which of the steps with that name, from 1.
        attempt: which attempt, from 1.
        config: what it does about failures.
    """

    name: str
    count: int
    attempt: int
    config: StepConfig = StepConfig()

    @classmethod
    def _from_plain(cls, given: Any) -> Self:
        plain: dict[str, Any] = given or {}
        step: dict[str, Any] = plain.get("step") or {}
        return cls(
            step.get("name", ""),
            step.get("count", 1),
            plain.get("attempt", 1),
            StepConfig._from_plain(plain.get("config") or {}),
        )


@final
@dataclass(frozen=True, slots=True)
class DelayContext:
    """What a function that decides about the next wait is given: which attempt failed, and why."""

    step: StepContext
    error: BaseException


@final
@dataclass(frozen=True, slots=True)
class RollbackContext[T]:
    """What a rollback is given.

    Attributes:
        step: the step to undo.
        error: why the instance failed.
        output: what the step returned; None when it failed itself.
    """

    step: StepContext
    error: BaseException
    output: T | None


@final
@dataclass(frozen=True, slots=True)
class RollbackConfig:
    """How a rollback is tried again: as the arguments of `step.do` of the same names."""

    retries: int | None = None
    delay: Delay | None = None
    backoff: Backoff | None = None
    timeout: timedelta | None = None

    def _to_js(self) -> Any:
        return config(self.retries, self.delay, self.backoff, self.timeout)


type Delay = timedelta | Callable[[DelayContext], timedelta | Awaitable[timedelta]]
"""How long to wait before another attempt, or who decides that."""

type Rollback[T] = Callable[[RollbackContext[T]], Awaitable[object]]
"""Undoes a step, when the instance fails after it."""


def config(
    retries: int | None,
    delay: Delay | None,
    backoff: str | None,
    timeout: timedelta | None,
    sensitive: str | None = None,
) -> Any:
    """The step's configuration, or None when nothing of it was given."""
    again = None
    if retries is not None or delay is not None or backoff is not None:
        wait = _DELAY if delay is None else delay
        again = convert.options(
            limit=_RETRIES if retries is None else retries,
            delay=span(wait) if isinstance(wait, timedelta) else _decided(wait),
            backoff=backoff,
        )
    if again is None and timeout is None and sensitive is None:
        return None
    return convert.options(
        retries=again, timeout=None if timeout is None else span(timeout), sensitive=sensitive
    )


def _length(value: Any) -> timedelta | str | None:
    return timedelta(milliseconds=value) if isinstance(value, int | float) else value


def _decided(delay: Callable[[DelayContext], timedelta | Awaitable[timedelta]]) -> Any:
    async def decide(context: Any) -> int:
        plain = convert.to_py(context)
        length = delay(DelayContext(StepContext._from_plain(plain["ctx"]), plain["error"]))
        return span(await length if inspect.isawaitable(length) else length)

    return proxies.callback(decide, aio.current_event())
