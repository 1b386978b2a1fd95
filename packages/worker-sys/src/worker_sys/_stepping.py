"""Stepping a coroutine before it has a task.

The first step runs at once, in the turn of the event that brought it. A coroutine that ends there
never gets a task. One that waits goes on in an ordinary `asyncio.Task`. Code that asks for its
task during the first step (`asyncio.timeout`, `TaskGroup`, anyio) gets that same task early.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any

Foreign = Callable[[Any], BaseException | None]

_current: FirstStep | None = None


class FirstStep:
    """The first step of one coroutine.

    Args:
        coro: not started yet.
        context: what it runs in.
        foreign: called with each future that the coroutine waits for; an exception it returns is
            raised there instead.
    """

    __slots__ = ("_context", "_rest", "_task")

    def __init__(self, coro: Coroutine[Any, Any, Any], context: Context, foreign: Foreign) -> None:
        self._context = context
        self._rest = _Rest(coro, foreign)
        self._task: asyncio.Task[Any] | None = None

    def run(self) -> asyncio.Task[Any]:
        """Step the coroutine; it waits, and goes on in the task that is returned.

        Raises:
            StopIteration: it has ended; `value` is its result.
            BaseException: what it raised.
        """
        global _current
        outer, _current = _current, self
        rest = self._rest
        try:
            rest.yielded = self._context.run(rest.coro.send, None)
        except BaseException:
            rest.ended = True
            raise
        finally:
            _current = outer
            if self._task is not None:
                _swap_current_task(self._task.get_loop(), None)
        if self._task is None:
            loop = asyncio.get_running_loop()
            return asyncio.Task(rest, loop=loop, context=self._context, eager_start=True)
        return self._task

    def task(self) -> asyncio.Task[Any]:
        """The task of this coroutine, made early because the coroutine asks for it.

        Its own first step comes in a later microtask, when the coroutine waits or has ended.
        """
        if self._task is None:
            loop = asyncio.get_running_loop()
            self._task = asyncio.Task(self._rest, loop=loop, context=self._context)
            _swap_current_task(loop, self._task)
        return self._task


class _Rest(Coroutine[Any, Any, Any]):
    """A coroutine after its first step, as a coroutine that a task can run from its start."""

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
    """`asyncio.current_task` that knows about first steps."""
    task = _c_current_task(loop)
    if task is None and _current is not None:
        return _current.task()
    return task


def leave() -> FirstStep | None:
    """Forget the first step while its stack is put aside; pass the result to `enter`."""
    global _current
    step, _current = _current, None
    return step


def enter(step: FirstStep | None) -> None:
    """Go on with the first step that `leave` returned."""
    global _current
    _current = step


def install() -> None:
    """Let asyncio and everything built on it see first steps as tasks."""
    asyncio.current_task = asyncio.tasks.current_task = current_task
