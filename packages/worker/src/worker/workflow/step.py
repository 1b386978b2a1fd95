"""The steps of a workflow: each is done once, and its result kept.

Source: https://developers.cloudflare.com/workflows/build/workers-api/#workflowstep
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast, final, overload

from worker_macros.signature import arity
from worker_sys import aio, calls, convert, proxies

from worker import rpc
from worker._handle import Handle
from worker.durable.alarms import milliseconds, span
from worker.errors import WorkflowError
from worker.workflow.config import (
    Backoff,
    Delay,
    Rollback,
    RollbackConfig,
    RollbackContext,
    StepContext,
    config,
)

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["NonRetryableError", "StepEvent", "WorkflowStep"]


class NonRetryableError(WorkflowError):
    """Raised in a step: the instance fails at once, whatever retries are left."""


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
        delay: Delay | None = ...,
        backoff: Backoff | None = ...,
        timeout: timedelta | None = ...,  # noqa: ASYNC109
        sensitive: Literal["output"] | None = ...,
        rollback: Rollback[Any] | None = ...,
        rollback_config: RollbackConfig | None = ...,
    ) -> Any: ...
    @overload
    async def do[T](
        self,
        name: str,
        function: StepFunction,
        type: TypeForm[T],
        *,
        retries: int | None = ...,
        delay: Delay | None = ...,
        backoff: Backoff | None = ...,
        timeout: timedelta | None = ...,  # noqa: ASYNC109
        sensitive: Literal["output"] | None = ...,
        rollback: Rollback[T] | None = ...,
        rollback_config: RollbackConfig | None = ...,
    ) -> T: ...
    async def do(
        self,
        name: str,
        function: StepFunction,
        type: Any = None,
        *,
        retries: int | None = None,
        delay: Delay | None = None,
        backoff: Backoff | None = None,
        timeout: timedelta | None = None,  # noqa: ASYNC109
        sensitive: Literal["output"] | None = None,
        rollback: Rollback[Any] | None = None,
        rollback_config: RollbackConfig | None = None,
    ) -> Any:
        """Do something once: a later run of the same instance gets the stored result.

        Args:
            name: at most 256 characters; with its number among equal names it is the step's
                identity, so it must be the same in each run.
            function: an async function, of no argument or of a `StepContext`.
            type: what the result is; without it, plain Python. It has been stored either way, so a
                model comes back as a dict unless this says otherwise.
            retries: how often to try again, 5 when not given.
            delay: how long to wait before trying again, 10 seconds when not given; or a function of
                a `DelayContext` that says so for each failure.
            backoff: how the wait grows; exponentially when not given.
            timeout: of each attempt, 10 minutes when not given.
            sensitive: `"output"` keeps the result out of what the platform shows of the instance.
            rollback: an async function of a `RollbackContext` that undoes the step. When the
                instance fails later, or is terminated with `rollback=True`, those of the steps that
                are done run, the last step's first.
            rollback_config: how the rollback is tried again.

        Returns:
            What the function returned, at most 1 MiB when stored.

        Raises:
            JsError: the step failed, and no retries are left.
            ConversionError: the result cannot be stored.
            DecodeError: the result is not of that type.

        Source: https://developers.cloudflare.com/workflows/build/workers-api/#step
        """
        told = config(retries, delay, backoff, timeout, sensitive)
        arguments = [name, *([] if told is None else [told]), _attempts(function)]
        if rollback is not None:
            arguments.append(
                convert.options(
                    rollback=_undoing(rollback, type),
                    rollbackConfig=None if rollback_config is None else rollback_config._to_js(),
                )
            )
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


def _attempts(function: StepFunction) -> Any:
    takes_context = not arity(function).takes(0)
    call = cast("Callable[..., Awaitable[Any]]", function)

    async def attempt(context: Any = None, *_more: Any) -> Any:
        told = (StepContext._from_plain(convert.to_py(context)),) if takes_context else ()
        return await call(*told)

    return proxies.callback(attempt, aio.current_event())


def _undoing(rollback: Rollback[Any], type: Any) -> Any:
    """A function that outlives `run`: the platform calls it when that has failed."""

    async def undo(context: Any) -> None:
        output = context.get("output")
        if output is not None and type is not None:
            output = convert.decode(output, type)
        step = StepContext._from_plain(context.get("ctx"))
        await rollback(RollbackContext(step, context["error"], output))

    return rpc.lasting(undo)
