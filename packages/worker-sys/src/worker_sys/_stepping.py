"""Stepping a coroutine that has no task.

The first step runs at once, in the turn of the event that brought it. What a coroutine of an event
mostly waits for, a promise of JavaScript, wakes it without a task or a future; so does a plain
function that runs on a stack of its own. A coroutine that waits for anything else goes on in an
ordinary `asyncio.Task`. Code that asks for its task (`asyncio.timeout`, `TaskGroup`, anyio) gets
that same task early.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from types import coroutine
from typing import Any

Foreign = Callable[[Any], BaseException | None]
Put = tuple[Callable[..., Any], tuple[Any, ...]]

_current: Steps | None = None


class Steps:
    """The steps of one coroutine.

    Args:
        coro: not started yet.
        context: what it runs in.
        foreign: called with each future that the coroutine waits for; an exception it returns is
            raised there instead.

    Attributes:
        promise: the promise of JavaScript that it waits for; None when JavaScript knows it.
        plain: the function and arguments that it waits for, which want a stack of their own.
        outcome: what `plain` returned, and what it raised; None while it runs.
    """

    __slots__ = ("_context", "_coro", "_foreign", "_rest", "_task", "outcome", "plain", "promise")

    def __init__(self, coro: Coroutine[Any, Any, Any], context: Context, foreign: Foreign) -> None:
        self._coro = coro
        self._context = context
        self._foreign = foreign
        self._rest: _Rest | None = None
        self._task: asyncio.Task[Any] | None = None
        self.promise: Any = None
        self.plain: Put | None = None
        self.outcome: tuple[Any, BaseException | None] | None = None

    def start(self) -> asyncio.Task[Any] | None:
        """The first step: as `send`."""
        return self._step(self._coro.send, None)

    def send(self, value: Any) -> asyncio.Task[Any] | None:
        """Go on with what it waited for.

        Returns:
            None when it waits for `promise` or `plain`; otherwise the task in which it goes on.

        Raises:
            StopIteration: it has ended; `value` is its result.
            BaseException: what it raised.
        """
        return self._step(self._coro.send, value)

    def throw(self, error: BaseException) -> asyncio.Task[Any] | None:
        """Go on with an exception where it waits: as `send`."""
        return self._step(self._coro.throw, error)

    def call_plain(self) -> None:
        """Call `plain`, on a stack that may wait; its outcome is kept."""
        assert self.plain is not None  # noqa: S101  only then are we called
        function, arguments = self.plain
        try:
            self.outcome = self._context.run(function, *arguments), None
        except BaseException as error:  # noqa: BLE001  raised again in the coroutine
            self.outcome = None, error

    def returned(self) -> asyncio.Task[Any] | None:
        """Go on with the outcome of `plain`: as `send`."""
        assert self.outcome is not None  # noqa: S101  only then are we called
        result, error = self.outcome
        self.plain = self.outcome = None
        return self.send(result) if error is None else self.throw(error)

    def close(self) -> None:
        """End the coroutine where it waits, if it has no task."""
        if self._task is None:
            self._coro.close()

    def _step(self, step: Callable[[Any], Any], value: Any) -> asyncio.Task[Any] | None:
        global _current
        outer, _current = _current, self
        try:
            yielded = self._context.run(step, value)
        except BaseException:
            if self._rest is not None:
                self._rest.ended = True
            raise
        finally:
            _current = outer
            if self._task is not None:
                _swap_current_task(self._task.get_loop(), None)
        if yielded is self:
            return None
        if self._task is None:
            loop = asyncio.get_running_loop()
            rest = _Rest(self._coro, self._foreign)
            rest.yielded = yielded
            self._task = asyncio.Task(rest, loop=loop, context=self._context, eager_start=True)
        elif self._rest is not None:
            self._rest.yielded = yielded
        return self._task

    def task(self) -> asyncio.Task[Any]:
        """The task of this coroutine, made early because the coroutine asks for it.

        Its own first step comes in a later microtask, when the coroutine waits or has ended.
        """
        if self._task is None:
            loop = asyncio.get_running_loop()
            self._rest = _Rest(self._coro, self._foreign)
            self._task = asyncio.Task(self._rest, loop=loop, context=self._context)
            _swap_current_task(loop, self._task)
        return self._task

    @coroutine
    def wait(self, promise: Any = None) -> Generator[Any, Any, Any]:
        """Wait for a promise: for the coroutine itself, while it has no task (see `alone`).

        Args:
            promise: None when JavaScript has been told already what the event waits for.
        """
        self.promise = promise
        return (yield self)

    @coroutine
    def call(self, function: Callable[..., Any], arguments: Any) -> Generator[Any, Any, Any]:
        """Wait for a plain function that may wait: as `wait`."""
        self.plain = function, arguments
        return (yield self)


class _Rest(Coroutine[Any, Any, Any]):
    """A coroutine after a step, as a coroutine that a task can run from its start."""

    def __init__(self, coro: Coroutine[Any, Any, Any], foreign: Foreign) -> None:
        self.coro = coro
        self.foreign = foreign
        self.yielded: Any = None
        self.ended = False
        self._begun = False

    def __getattr__(self, name: str) -> Any:
        # What inspect, asyncio and anyio read of a native coroutine: cr_frame, cr_await,
        # cr_running, cr_suspended …
        return getattr(self.coro, name)

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.coro.__await__()

    def send(self, value: Any) -> Any:
        if self._begun:
            return self._checked(self.coro.send(value))
        self._begun = True
        if self.ended:
            raise StopIteration
        return self._checked(self.yielded)

    def throw(self, error: Any, *rest: Any) -> Any:
        if not self._begun:
            self._begun = True
            if self.ended:
                raise error
            self._unwait(self.yielded)
        return self._checked(self.coro.throw(error))

    def close(self) -> None:
        self.coro.close()

    def _checked(self, future: Any) -> Any:
        while (error := self.foreign(future)) is not None:
            self._unwait(future)
            future = self.coro.throw(error)
        return future

    @staticmethod
    def _unwait(future: Any) -> None:
        if future is not None:
            future._asyncio_future_blocking = False


_swap_current_task: Any = asyncio.tasks._swap_current_task  # type: ignore[attr-defined]
_c_current_task = asyncio.current_task


def current_task(loop: asyncio.AbstractEventLoop | None = None) -> asyncio.Task[Any] | None:
    """`asyncio.current_task` that knows about coroutines without a task."""
    task = _c_current_task(loop)
    if task is None and _current is not None:
        return _current.task()
    return task


def alone() -> Steps | None:
    """The steps of the running coroutine, when it has no task."""
    steps = _current
    return None if steps is None or _c_current_task() is not None else steps


def install() -> None:
    """Let asyncio and everything built on it see coroutines without a task as tasks."""
    asyncio.current_task = asyncio.tasks.current_task = current_task
