"""The event loop of a worker. Imported in Pyodide only."""

from __future__ import annotations

import asyncio
import math
import traceback
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from worker_sys import _stepping, events, js

_timers: dict[int, _Timer] = {}
_last_timer = 0
_MAX_TIMEOUT_MS = 2**31 - 1


class _Timer(asyncio.TimerHandle):
    """A timer that JavaScript knows by `key`."""

    __slots__ = ("key", "scope_id")
    key: int | None
    scope_id: int


class WorkerLoop(js.webloop.WebLoop):  # type: ignore[misc]
    """Pyodide's loop, with callbacks in microtasks and timers of their own event."""

    def call_soon(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback` in the next microtask of the event that it belongs to."""
        handle = asyncio.Handle(callback, args, self, context=context)
        events.scope_of(context).push(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """The same as `call_soon`: there is one thread."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run `callback` after `delay` seconds, in the event that it belongs to."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run `callback` at `when` on the clock of `time()`, in the event that it belongs to."""
        global _last_timer
        handle = _Timer(when, callback, args, self, context=context)
        handle.key = None
        if when == math.inf:
            return handle
        scope = events.scope_of(context)
        delay = math.ceil((when - self.time()) * 1000)
        if delay <= 0:
            scope.push(handle)
            return handle
        _last_timer += 1
        _timers[_last_timer] = handle
        handle.key, handle.scope_id = _last_timer, scope.id
        js.runtime.startTimer(scope.id, _last_timer, min(delay, _MAX_TIMEOUT_MS))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        timer = handle if isinstance(handle, _Timer) else None
        if timer is not None and timer.key is not None and _timers.pop(timer.key, None) is not None:
            js.runtime.stopTimer(timer.scope_id, timer.key)

    def create_future(self) -> asyncio.Future[Any]:
        """A plain future: nothing here counts what is in progress."""
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Coroutine[Any, Any, Any], *, context: Context | None = None, **options: Any
    ) -> asyncio.Task[Any]:
        """A task owned by the event that starts it."""
        factory = self._task_factory
        if factory is None:
            task = asyncio.Task(coro, loop=self, context=context, **options)
        else:
            task = factory(self, coro, context=context, **options)
        if not task.done():
            events.scope_of(context).own(task, context)
        return task

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """Run `func` on a stack of its own, where it may wait; there are no threads."""
        from worker_sys.aio import run_blocking

        return asyncio.ensure_future(run_blocking(func, *args), loop=self)

    async def create_connection(
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        host: str | None = None,
        port: int | None = None,
        *,
        ssl: Any = None,
        server_hostname: str | None = None,
        sock: Any = None,
        **options: Any,
    ) -> Any:
        """Connect. With `ssl`, the platform encrypts, and trusts whom it trusts."""
        if ssl:
            if sock is None:
                sock = await self._construct_socket(host, port)
            await js.runtime.startTls(sock.fileno(), server_hostname or host)
            host = port = None
        loop: Any = super()
        return await loop.create_connection(protocol_factory, host, port, sock=sock, **options)

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Log what failed and nobody waited for, with its traceback, as one entry."""
        error = context.get("exception")
        message = context.get("message") or "an exception that nobody waits for"
        named = (context[key] for key in ("task", "future", "handle") if key in context)
        culprit = next(named, None)
        lines = [f"{message}\n" if culprit is None else f"{message} {culprit!r}\n"]
        if isinstance(error, BaseException):
            lines += traceback.format_exception(error)
        js.console.error("".join(lines).rstrip())


def timer(key: int) -> None:
    """Called by JavaScript when a timer is due."""
    handle = _timers.pop(key, None)
    if handle is not None and not handle.cancelled():
        events.ensure_running()
        handle._run()


def install() -> None:
    """Make the loop of this isolate; called once, while the image is made."""
    _stepping.install()
    events.install(WorkerLoop())
