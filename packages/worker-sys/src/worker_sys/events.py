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
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from typing import Any, Final, cast

from worker_sys import js
from worker_sys._stepping import Steps
from worker_sys.errors import (
    CrossRequestError,
    Error,
    NotInWorker,
    from_js,
    to_js,
)

# What a turn of an event returns to JavaScript beside an answer; None: it is not there yet.
ASIDE: Final = False
"""A plain function waits to be called on a stack of its own."""
SETTLED: Final = True
"""JavaScript has its answer already."""


def _outside(*_: Any) -> Any:
    raise NotInWorker("waiting for a promise")


# Found again by its path from `globalThis`, in every isolate.
_wait_for: Any = js.runtime.waitFor if js.IN_WORKER else _outside

_event: ContextVar[Event | None] = ContextVar("worker_event", default=None)
_scopes: dict[int, Scope] = {}
_events: dict[int, Event] = {}


def current_event() -> Event | None:
    """The event that the running code works for; `None` at import and outside a worker."""
    return _event.get()


class Scope:
    """What shares one I/O context of the platform."""

    __slots__ = ("events", "id", "lasting", "ready", "scheduled", "tasks", "waking")

    def __init__(self, id: int, *, lasting: bool = False) -> None:
        self.id = id
        self.lasting = lasting
        self.ready: deque[asyncio.Handle] = deque()
        self.scheduled = False
        self.events: set[Event] = set()
        self.tasks: set[asyncio.Task[Any]] = set()
        # What `run_sync` waited for and is there: its stack goes on in a microtask to come.
        self.waking: set[asyncio.Future[Any]] = set()

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


def scope_by_id(id: int) -> Scope:
    """The scope that JavaScript names; that of no event, when it has ended."""
    return _scopes.get(id, unowned)


def scope_of(context: Context | None) -> Scope:
    """The scope that code in `context` runs for; without one, that of the running code."""
    event = _event.get() if context is None else context.get(_event)
    return unowned if event is None else event.scope


class Event:
    """One call from the platform: the owner of its tasks, timers and proxies.

    Args:
        id: JavaScript's name for its half of the event, which `js` looks up.
        scope_id: of the I/O context; a Durable Object's events have one together.
        lasting: the scope outlives the event, as a Durable Object does.
    """

    __slots__ = (
        "_answered",
        "_context",
        "_ended",
        "_gone",
        "_js",
        "_kept",
        "_owned",
        "_returns",
        "_steps",
        "id",
        "scope",
    )

    _steps: Steps

    def __init__(self, id: int, scope_id: int, *, lasting: bool = False) -> None:
        self.id = id
        scope = _scopes.get(scope_id)
        if scope is None:
            scope = _scopes[scope_id] = Scope(scope_id, lasting=lasting)
        self.scope = scope
        scope.events.add(self)
        self._context = Context()
        self._context.run(_event.set, self)
        self._js: Any = None
        self._owned: list[Any] = []
        self._kept = 0
        self._answered = self._ended = self._gone = self._returns = False

    @property
    def js(self) -> Any:
        """The JavaScript half: what the call brought, `resolve(value)`, `reject(error)`.

        Most events never need it.
        """
        if self._js is None:
            self._js = js.runtime.eventOf(self.id)
            if self._js is None:
                raise Error("the event is over, and what it brought is gone with it")
        return self._js

    def start(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Step `coro` at once; its result is returned to JavaScript, in the turn that brings it.

        Returns:
            The result of `coro`: a JavaScript object, or a `str` that JavaScript reads as one. A
            `str` with a `+` in front tells that the event goes on; without it, that it is over.
            None when the coroutine waits, `ASIDE` when it waits for a plain function, and `SETTLED`
            when it has failed.
        """
        self._returns = True
        return self.settle(coro)

    def settle(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Step `coro` at once; the JavaScript promise of this event is settled with its outcome.

        Returns:
            `SETTLED`; or None or `ASIDE`, as `start`.
        """
        self._steps = steps = Steps(coro, self._context, self._refuse_foreign)
        _events[self.id] = self
        return self._turn(steps.start)

    def _turn(self, step: Callable[..., Any], *given: Any) -> Any:
        ensure_running()
        try:
            task = step(*given)
        except StopIteration as stop:
            return self._finish(stop.value)
        except BaseException as error:  # noqa: BLE001  whatever it is, the platform is told
            self.js.reject(to_js(error))
            self._answer()
            return SETTLED
        if task is not None:
            self.scope.own(task, self._context)
            task.add_done_callback(self._settled, context=self._context)
        elif self._steps.plain is not None:
            return ASIDE
        elif self._steps.promise is not None:
            _wait_for(self.id, self._steps.promise)
            self._steps.promise = None
        return None

    def _finish(self, result: Any) -> Any:
        if not self._returns:
            self.js.resolve(result)
            self._answer()
            return SETTLED
        if type(result) is not str:
            self._answer()
            return result
        # JavaScript learns of the end from the answer, and needs no call.
        self._gone = True
        self._answer()
        if self.id not in _events:
            return result
        self._gone = False
        return f"+{result}"

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
            result = task.result()
            if type(result) is str and self._returns:
                self.js.respond(result)
            else:
                self.js.resolve(result)
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
        _events.pop(self.id, None)
        if not self.scope.lasting:
            _scopes.pop(self.scope.id, None)
        if not self._gone:
            js.runtime.endEvent(self.id)
        # The context refers to this event: without the cycle, both go when the last reference does.
        self._context = Context()

    def _waits(self) -> bool:
        """Whether it has no answer, nor a plain function that is about to go on."""
        return not self._answered and self.id in _events and self._steps.outcome is None

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


def fulfilled(id: int, value: Any) -> Any:
    """Called by JavaScript when the promise that an event's coroutine waits for has its value."""
    event = _events[id]
    return event._turn(event._steps.send, value)


def rejected(id: int, error: Any) -> Any:
    """Called by JavaScript when that promise is rejected."""
    event = _events[id]
    return event._turn(event._steps.throw, from_js(error))


def plain(id: int) -> None:
    """Called by JavaScript on a stack that may wait: calls the plain function put aside."""
    ensure_running()
    _events[id]._steps.call_plain()


def returned(id: int) -> Any:
    """Called by JavaScript when `plain` has come back."""
    event = _events[id]
    return event._turn(event._steps.returned)


def stuck(scope_id: int) -> None:
    """Called by JavaScript when a scope waits and nothing of its own can end the wait."""
    scope = _scopes.get(scope_id)
    if scope is None or scope.ready or scope.waking or not any(e._waits() for e in scope.events):
        return
    ensure_running()
    raised = False
    for task in tuple(scope.tasks):
        waits_for = cast("asyncio.Future[Any] | None", task._fut_waiter)  # type: ignore[attr-defined]
        if waits_for is None or waits_for.done() or isinstance(waits_for, asyncio.Task):
            continue
        waits_for.set_exception(_refusal(_describe(task)))
        raised = True
    if not raised:
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
        for event in tuple(scope.events):
            event._steps.close()


_loop: asyncio.AbstractEventLoop | None = None


def install(loop: asyncio.AbstractEventLoop) -> None:
    """Make `loop` that of this isolate."""
    global _loop
    _loop = loop
    asyncio.set_event_loop(loop)
    asyncio._set_running_loop(loop)


def loop() -> asyncio.AbstractEventLoop | None:
    """The loop of this isolate."""
    return _loop


def ensure_running() -> None:
    """Make our loop the running one: stack switching gives each call its own thread state."""
    if asyncio._get_running_loop() is not _loop:
        asyncio._set_running_loop(_loop)
