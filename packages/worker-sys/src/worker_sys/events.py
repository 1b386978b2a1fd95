"""Events: the calls of the platform into a worker, and what belongs to each.

* The event loop is one per isolate, but each *scope* (an event; or a Durable Object, whose events
  share one context)
  has a queue of its own, drained in the microtask that woke it. workerd runs a callback in the
  context of the event that scheduled it, and the input gates of Durable Objects hold only because
  no macrotask comes between a `get` and the `put` that follows it.
* What an event started belongs to it: its tasks end with it, unless `ctx.wait_until` keeps them.
* Waiting for something that only another event can bring would hang: it raises `CrossRequestError`.

The JavaScript half is `runtime/events.mjs` of worker-build.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from typing import Any, Final, cast

from worker_sys import js
from worker_sys._stepping import FirstStep
from worker_sys.errors import CrossRequestError, to_js

PENDING: Final = object()
"""What `Event.start` returns for a coroutine that waits."""

_event: ContextVar[Event | None] = ContextVar("worker_event", default=None)
_scopes: dict[int, Scope] = {}


def current_event() -> Event | None:
    """The event that the running code works for; `None` at import and outside a worker."""
    return _event.get()


class Scope:
    """What shares one I/O context of the platform."""

    __slots__ = ("aside", "events", "id", "lasting", "ready", "scheduled", "tasks")

    def __init__(self, id: int, *, lasting: bool = False) -> None:
        self.id = id
        self.lasting = lasting
        self.ready: deque[asyncio.Handle] = deque()
        self.scheduled = False
        self.aside = 0
        """Stacks that `run_sync` has put aside."""
        self.events: set[Event] = set()
        self.tasks: set[asyncio.Task[Any]] = set()

    def push(self, handle: asyncio.Handle) -> None:
        """Run `handle` in the next microtask of this scope."""
        self.ready.append(handle)
        if not self.scheduled:
            self.scheduled = True
            js.runtime.schedule(self.id)

    def drain(self) -> None:
        """Run what is ready, and what becomes ready meanwhile."""
        self.scheduled = False
        ready = self.ready
        while ready:
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()

    def own(self, task: asyncio.Task[Any], context: Context | None = None) -> None:
        """Make this scope the owner of `task`, which runs in `context`."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard, context=context)


unowned = Scope(0, lasting=True)
"""The scope of code that runs for no event: imports."""
_scopes[0] = unowned


def scope_of(context: Context | None) -> Scope:
    """The scope that code in `context` runs for; without one, that of the running code."""
    event = _event.get() if context is None else context.get(_event)
    return unowned if event is None else event.scope


class Event:
    """One call from the platform: the owner of its tasks, timers and proxies.

    Args:
        js_event: the JavaScript half: `scopeId`, `resolve(value)`, `reject(error)`, `end()`, and
            what the call brought.
        lasting: the scope outlives the event, as a Durable Object does.
    """

    __slots__ = ("_answered", "_context", "_ended", "_kept", "_owned", "js", "scope")

    def __init__(self, js_event: Any, *, lasting: bool = False) -> None:
        self.js = js_event
        scope_id: int = js_event.scopeId
        scope = _scopes.get(scope_id)
        if scope is None:
            scope = _scopes[scope_id] = Scope(scope_id, lasting=lasting)
        self.scope = scope
        scope.events.add(self)
        self._context = Context()
        self._context.run(_event.set, self)
        self._owned: list[Any] = []
        self._kept = 0
        self._answered = False
        self._ended = False

    def start(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Step `coro` at once.

        Returns:
            Its result; or `PENDING` when it waits: the JavaScript promise of this event is then
            settled later.

        Raises:
            BaseException: what it raised in its first step.
        """
        try:
            result = self._step(coro)
        except BaseException:
            self._answer()
            raise
        if result is not PENDING:
            self._answer()
        return result

    def settle(self, coro: Coroutine[Any, Any, Any]) -> None:
        """Step `coro` at once, and settle the JavaScript promise of this event with its outcome."""
        try:
            result = self._step(coro)
            if result is PENDING:
                return
            self.js.resolve(result)
        except Exception as error:  # noqa: BLE001  the platform is told
            self.js.reject(to_js(error))
        self._answer()

    def _step(self, coro: Coroutine[Any, Any, Any]) -> Any:
        ensure_running()
        try:
            task = FirstStep(coro, self._context, self._refuse_foreign).run()
        except StopIteration as stop:
            return stop.value
        self.scope.own(task, self._context)
        task.add_done_callback(self._settled, context=self._context)
        return PENDING

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a plain function as part of this event, for a callback from JavaScript."""
        ensure_running()
        return self._context.copy().run(function, *args)

    def own(self, proxy: Any) -> Any:
        """Destroy `proxy` (anything with `destroy()`) when this event ends; returns it."""
        self._owned.append(proxy)
        return proxy

    def keep(self) -> Callable[[], None]:
        """Let this event last after its answer, until the returned function is called."""
        self._kept += 1
        done = False

        def release() -> None:
            nonlocal done
            if not done:
                done = True
                self._kept -= 1
                self._end_when_idle()

        return release

    def _settled(self, task: asyncio.Task[Any]) -> None:
        try:
            self.js.resolve(task.result())
        except BaseException as error:  # noqa: BLE001  whatever it is, the platform is told
            self.js.reject(to_js(error))
        self._answer()

    def _answer(self) -> None:
        self._answered = True
        self._end_when_idle()

    def _end_when_idle(self) -> None:
        if not self._answered or self._kept or self._ended:
            return
        self._ended = True
        scope = self.scope
        if not scope.lasting:
            for task in tuple(scope.tasks):
                task.cancel(
                    "its event has ended; ctx.wait_until(…) lets a task outlive the response"
                )
            if scope.tasks or scope.ready:
                # Cancelled tasks clean up first, and a task that the first step asked for and
                # outran is done, in the microtask that is on its way.
                asyncio.get_running_loop().call_soon(self._close, context=self._context)
                return
        self._close()

    def _close(self) -> None:
        for proxy in self._owned:
            proxy.destroy()
        self._owned.clear()
        self.scope.events.discard(self)
        if not self.scope.lasting:
            _scopes.pop(self.scope.id, None)
            self.js.end()
        # The context refers to this event: without the cycle, both go when the last reference does.
        self._context = Context()

    def _refuse_foreign(self, future: Any) -> BaseException | None:
        if not isinstance(future, asyncio.Task):
            return None
        owner = future.get_context().get(_event)
        if owner is None or owner.scope is self.scope:
            return None
        return _refusal(f"the task {future.get_name()!r}, which another event started")


def _refusal(awaitable: str) -> CrossRequestError:
    return CrossRequestError(
        f"cannot wait for {awaitable}: nothing in this event can complete it, "
        "and the platform does not let one event wait for another"
    )


def _describe(task: asyncio.Task[Any]) -> str:
    """Where a task waits: its innermost coroutine, with file and line."""
    inner: Any = task.get_coro()
    while (awaited := getattr(inner, "cr_await", None)) is not None and hasattr(
        awaited, "cr_frame"
    ):
        inner = awaited
    frame = getattr(inner, "cr_frame", None)
    if frame is None:
        return repr(inner)
    return f"{frame.f_code.co_qualname} ({frame.f_code.co_filename}:{frame.f_lineno})"


def stuck(scope_id: int) -> None:
    """Called by JavaScript when a scope waits and nothing of its own can end the wait."""
    scope = _scopes.get(scope_id)
    if scope is None or scope.ready or not any(not event._answered for event in scope.events):
        return
    ensure_running()
    raised = False
    for task in tuple(scope.tasks):
        waits_for = cast("asyncio.Future[Any] | None", task._fut_waiter)  # type: ignore[attr-defined]
        if waits_for is None or waits_for.done() or isinstance(waits_for, asyncio.Task):
            continue
        waits_for.set_exception(_refusal(_describe(task)))
        raised = True
    # A stack whose wait is over goes on in a later microtask.
    if not raised and not scope.aside:
        for event in tuple(scope.events):
            event.js.reject(to_js(_refusal("a task of another event")))
            event._answer()


def drain(scope_id: int) -> None:
    """Called by JavaScript in the microtask that `Scope.push` asked for."""
    scope = _scopes.get(scope_id)
    if scope is not None:
        ensure_running()
        scope.drain()


def forget(scope_id: int) -> None:
    """Called when a Durable Object is gone: its tasks end."""
    scope = _scopes.pop(scope_id, None)
    if scope is not None:
        for task in tuple(scope.tasks):
            task.cancel("the Durable Object that started this task is gone")


def ensure_running() -> None:
    """Make our loop the running one: stack switching gives each call its own thread state."""
    loop = asyncio.get_event_loop()
    if asyncio._get_running_loop() is not loop:
        asyncio._set_running_loop(loop)


def report(context: dict[str, Any]) -> None:
    """What nobody waited for and failed: the traceback, in the log."""
    error = context.get("exception")
    message = context.get("message") or "an exception that nobody waits for"
    culprit = next((context[key] for key in ("task", "future", "handle") if key in context), None)
    print(message if culprit is None else f"{message} {culprit!r}", file=sys.stderr)
    if isinstance(error, BaseException):
        traceback.print_exception(error)
