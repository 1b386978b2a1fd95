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
from typing import Any, Final

Foreign = Callable[[Any], BaseException | None]
Put = tuple[Callable[..., Any], tuple[Any, ...]]

ENDED: Final = object()
"""What a step returns when it was the last."""

_current: Steps | None = None


class Steps:
    """The steps of one coroutine.

    Args:
        coro: not started yet.
        context: what it runs in.
        foreign: called with each future that the coroutine waits for in a task; an exception it
            returns is raised there instead.

    Attributes:
        promise: the promise of JavaScript that it waits for; None when JavaScript knows it.
        plain: the function and arguments that it waits for, which want a stack of their own.
        returned: that function has come back, and the coroutine is about to go on.
        result: what the coroutine has returned, once it has.
    """

    __slots__ = (
        "_context", "_coro", "_error", "_foreign", "_rest", "_run", "_task", "_value",
        "plain", "promise", "result", "returned",
    )  # fmt: skip

    def __init__(self, coro: Coroutine[Any, Any, Any], context: Context, foreign: Foreign) -> None:
        self._coro = coro
        self._run: Any = _run(self, coro)
        self._context = context
        self._foreign = foreign
        self._rest: _Rest | None = None
        self._task: asyncio.Task[Any] | None = None
        self._value: Any = None
        self._error: BaseException | None = None
        self.promise: Any = None
        self.plain: Put | None = None
        self.returned = False
        self.result: Any = None

    def arrived(self, value: Any) -> None:
        """Give the next step what the coroutine waited for."""
        self._value = value

    def failed(self, error: BaseException) -> None:
        """Let the next step raise where the coroutine waits."""
        self._error = error

    def call_plain(self) -> None:
        """Call `plain`, on a stack that may wait; its outcome is for the next step."""
        assert self.plain is not None  # noqa: S101  only then are we called
        function, arguments = self.plain
        try:
            self._value = self._context.run(function, *arguments)
        except BaseException as error:  # noqa: BLE001  raised again in the coroutine
            self._error = error
        self.plain = None
        self.returned = True

    def close(self) -> None:
        """End the coroutine where it waits, if it has no task."""
        if self._task is None:
            self._run.close()

    def step(self) -> Any:
        """Start, or go on with what has arrived.

        Returns:
            `ENDED` with its `result`; None when it waits for `promise` or `plain`; otherwise the
            task in which it goes on.

        Raises:
            BaseException: what it raised.
        """
        global _current
        outer, _current = _current, self
        self.returned = False
        try:
            # Of all ways to step a coroutine, the one that raises nothing when it ends.
            yielded = self._context.run(next, self._run, ENDED)
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
        if yielded is ENDED:
            if self._rest is not None:
                self._rest.ended = True
            return ENDED
        if self._task is None:
            loop = asyncio.get_running_loop()
            rest = _Rest(self._coro, self._run, self._foreign)
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
            self._rest = _Rest(self._coro, self._run, self._foreign)
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
        yield self
        return self._brought()

    @coroutine
    def call(self, function: Callable[..., Any], arguments: Any) -> Generator[Any, Any, Any]:
        """Wait for a plain function that may wait: as `wait`."""
        self.plain = function, arguments
        yield self
        return self._brought()

    def _brought(self) -> Any:
        error, self._error = self._error, None
        if error is not None:
            try:
                raise error
            finally:
                # The traceback that it gets holds this frame.
                del error
        value, self._value = self._value, None
        return value


@coroutine
def _run(steps: Steps, coro: Coroutine[Any, Any, Any]) -> Generator[Any, Any, None]:
    """Run the coroutine, and keep its result: to return it would be an exception's work."""
    steps.result = yield from coro  # type: ignore[misc]


class _Rest(Coroutine[Any, Any, Any]):
    """A coroutine after a step, as a coroutine that a task can run from its start."""

    def __init__(self, coro: Coroutine[Any, Any, Any], run: Any, foreign: Foreign) -> None:
        self.coro = coro
        self.run = run
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
            return self._checked(self.run.send(value))
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
        return self._checked(self.run.throw(error))

    def close(self) -> None:
        self.run.close()

    def _checked(self, future: Any) -> Any:
        while (error := self.foreign(future)) is not None:
            self._unwait(future)
            future = self.run.throw(error)
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
