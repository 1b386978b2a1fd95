"""The steps of a workflow: each is done once, and its result kept.

Source: https://developers.cloudflare.com/workflows/build/workers-api/#workflowstep
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, Self, final, overload

from worker_macros.signature import arity
from worker_sys import aio, calls, convert, proxies

from worker._handle import Handle
from worker.durable.alarms import milliseconds, span
from worker.errors import WorkflowError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["NonRetryableError", "StepContext", "StepEvent", "WorkflowStep"]

_RETRIES: Final = 5
_DELAY: Final = timedelta(seconds=10)
"""The platform's own defaults; it wants both when one is given."""


class NonRetryableError(WorkflowError):
    """Raised in a step: the instance fails at once, whatever retries are left."""


@final
@dataclass(frozen=True, slots=True)
class StepContext:
    """Which step is running, given to a step function that takes an argument.

    Attributes:
        name: the step's name.
        count: which of the steps with that name, from 1.
        attempt: which attempt, from 1.
    """

    name: str
    count: int
    attempt: int

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        plain: dict[str, Any] = convert.to_py(js) or {}
        step: dict[str, Any] = plain.get("step") or {}
        return cls(step.get("name", ""), step.get("count", 1), plain.get("attempt", 1))


@final
@dataclass(frozen=True, slots=True)
class StepEvent[T]:
    """What `wait_for_event` waited for: type, payload, and when it came (UTC)."""

    type: str
    payload: T
    timestamp: datetime


type StepFunction = Callable[[], Awaitable[Any]] | Callable[[StepContext], Awaitable[Any]]


@final
class WorkflowStep(Handle):
    """What a workflow's `run` does its work with.

    Steps may run side by side: `await asyncio.gather(step.do(…), step.do(…))`.
    """

    __slots__ = ()

    @overload
    async def do(
        self,
        name: str,
        function: StepFunction,
        *,
        retries: int | None = ...,
        delay: timedelta | None = ...,
        backoff: Literal["constant", "linear", "exponential"] | None = ...,
        timeout: timedelta | None = ...,  # noqa: ASYNC109
    ) -> Any: ...
    @overload
    async def do[T](
        self,
        name: str,
        function: StepFunction,
        type: TypeForm[T],
        *,
        retries: int | None = ...,
        delay: timedelta | None = ...,
        backoff: Literal["constant", "linear", "exponential"] | None = ...,
        timeout: timedelta | None = ...,  # noqa: ASYNC109
    ) -> T: ...
    async def do(
        self,
        name: str,
        function: StepFunction,
        type: Any = None,
        *,
        retries: int | None = None,
        delay: timedelta | None = None,
        backoff: Literal["constant", "linear", "exponential"] | None = None,
        timeout: timedelta | None = None,  # noqa: ASYNC109
    ) -> Any:
        """Do something once: a later run of the same instance gets the stored result.

        Args:
            name: at most 256 characters; with its number among equal names it is the step's
                identity, so it must be the same in each run.
            function: an async function, of no argument or of a `StepContext`.
            type: what the result is; without it, plain Python. It has been stored either way, so a
                model comes back as a dict unless this says otherwise.
            retries: how often to try again, 5 when not given.
            delay: how long to wait before trying again, 10 seconds when not given.
            backoff: how the wait grows; exponentially when not given.
            timeout: of each attempt, 10 minutes when not given.

        Returns:
            What the function returned, at most 1 MiB when stored.

        Raises:
            JsError: the step failed, and no retries are left.
            ConversionError: the result cannot be stored.
            DecodeError: the result is not of that type.

        Source: https://developers.cloudflare.com/workflows/build/workers-api/#step
        """
        takes_context = not arity(function).takes(0)

        async def attempt(context: Any = None, *_more: Any) -> Any:
            arguments = (StepContext._from_js(context),) if takes_context else ()
            return await function(*arguments)

        config = _config(retries, delay, backoff, timeout)
        arguments = (name, proxies.callback(attempt, aio.current_event()))
        if config is not None:
            arguments = (name, config, arguments[1])
        result = convert.to_py(await calls.acall(self.js, "do", *arguments))
        return result if type is None else convert.decode(result, type)

    async def sleep(self, name: str, duration: timedelta) -> None:
        """Sleep, for up to a year; a sleeping instance costs nothing.

        Source: https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/
        """
        await calls.acall(self.js, "sleep", name, span(duration))

    async def sleep_until(self, name: str, when: datetime) -> None:
        """Sleep until a moment (an aware datetime), at most a year from now.

        Raises:
            ValueError: the datetime has no time zone.
        """
        await calls.acall(self.js, "sleepUntil", name, milliseconds(when))

    @overload
    async def wait_for_event(
        self,
        name: str,
        event_type: str,
        *,
        timeout: timedelta | None = ...,  # noqa: ASYNC109
    ) -> StepEvent[Any]: ...
    @overload
    async def wait_for_event[T](
        self,
        name: str,
        event_type: str,
        type: TypeForm[T],
        *,
        timeout: timedelta | None = ...,  # noqa: ASYNC109
    ) -> StepEvent[T]: ...
    async def wait_for_event(
        self,
        name: str,
        event_type: str,
        type: Any = None,
        *,
        timeout: timedelta | None = None,  # noqa: ASYNC109
    ) -> StepEvent[Any]:
        """Wait until somebody calls `instance.send_event` with that type.

        Args:
            name: the step's name.
            event_type: the type to wait for.
            type: what the payload is; without it, plain Python.
            timeout: how long, 24 hours when not given, at most a year.

        Raises:
            JsError: nothing came in time.
            DecodeError: the payload is not of that type.

        Source: https://developers.cloudflare.com/workflows/build/events-and-parameters/
        """
        options = convert.options(
            type=event_type, timeout=None if timeout is None else span(timeout)
        )
        event = await calls.acall(self.js, "waitForEvent", name, options)
        plain = convert.to_py(event)
        payload = plain.get("payload")
        value = payload if type is None else convert.decode(payload, type)
        return StepEvent(plain["type"], value, plain["timestamp"])


def _config(
    retries: int | None, delay: timedelta | None, backoff: str | None, timeout: timedelta | None
) -> Any:
    """The step's configuration, or None when nothing of it was given."""
    again = None
    if retries is not None or delay is not None or backoff is not None:
        again = convert.options(
            limit=_RETRIES if retries is None else retries,
            delay=span(_DELAY if delay is None else delay),
            backoff=backoff,
        )
    if again is None and timeout is None:
        return None
    return convert.options(retries=again, timeout=None if timeout is None else span(timeout))
