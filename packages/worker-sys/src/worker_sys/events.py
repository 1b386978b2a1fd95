"""Events: the calls of the platform into a worker, and what belongs to each.

* Callbacks run in the microtask that woke them, in the scope of their event: see `_scopes`.
* What an event started belongs to it: its tasks end with it, unless `ctx.wait_until` keeps them.
* Waiting for something that only another event can bring would hang: it raises `CrossRequestError`.

The JavaScript half is `runtime/events.mjs` of worker-build.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from typing import Any, Final, cast

from worker_sys import _scopes, js
from worker_sys._scopes import Scope, unowned
from worker_sys._stepping import ENDED, Steps
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
_nowhere: Final = Context()
_events: dict[int, Event] = {}


def current_event() -> Event | None:
    """The event that the running code works for; `None` at import and outside a worker."""
    return _event.get()


def scope_by_id(id: int) -> Scope:
    """The scope that JavaScript names; that of no event, when it has ended."""
    return _scopes.find(id) or unowned


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
        "_answered", "_context", "_ended", "_js", "_kept", "_lasting", "_owned", "_returns",
        "_scope", "_steps", "id", "scope_id",
    )  # fmt: skip

    _steps: Steps

    def __init__(self, id: int, scope_id: int, *, lasting: bool = False) -> None:
        self.id = id
        self.scope_id = scope_id
        self._lasting = lasting
        self._scope: Scope | None = None
        self._context = Context()
        self._context.run(_event.set, self)
        self._js: Any = None
        self._owned: list[Any] | None = None
        self._kept = 0
        self._answered = self._ended = self._returns = False
        if lasting:
            self._scope = _scopes.join(scope_id, self, lasting=True)

    @property
    def scope(self) -> Scope:
        """Its queue and its tasks. Most events never need them."""
        if self._scope is None:
            # After the end there is none to join.
            self._scope = (
                Scope(self.scope_id)
                if self._ended
                else _scopes.join(self.scope_id, self, lasting=self._lasting)
            )
        return self._scope

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
            The result of `coro`: a JavaScript object, or a tuple that JavaScript reads as a
            response (`runtime/answers.mjs`). None when the coroutine waits, `ASIDE` when it waits
            for a plain function, and `SETTLED` when it has failed.
        """
        self._returns = True
        return self.settle(coro)

    def settle(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Step `coro` at once; the JavaScript promise of this event is settled with its outcome.

        Returns:
            `SETTLED`; or None or `ASIDE`, as `start`.
        """
        self._steps = Steps(coro, self._context, _refuse_foreign)
        return self._turn()

    def _turn(self) -> Any:
        ensure_running()
        steps = self._steps
        try:
            task = steps.step()
        except BaseException as error:  # noqa: BLE001  whatever it is, the platform is told
            self.js.reject(to_js(error))
            self._answer()
            return SETTLED
        if task is ENDED:
            return self._finish(steps.result)
        _events[self.id] = self
        if task is not None:
            self.scope.own(task, self._context)
            task.add_done_callback(self._settled, context=self._context)
        elif steps.plain is not None:
            return ASIDE
        elif steps.promise is not None:
            _wait_for(self.id, steps.promise)
            steps.promise = None
        return None

    def _finish(self, result: Any) -> Any:
        if not self._returns:
            self.js.resolve(result)
            self._answer()
            return SETTLED
        self._answered = True
        # JavaScript learns of the end from the answer, and needs no call.
        if not self._end_when_idle(tell=False):
            js.runtime.keepEvent(self.id)
        return result

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a plain function as part of this event, for a callback from JavaScript."""
        ensure_running()
        return self._context.copy().run(function, *args)

    def own(self, proxy: Any) -> Any:
        """Destroy `proxy` (anything with `destroy()`) when this event ends; returns it."""
        if self._owned is None:
            self._owned = []
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
            task.result()
            result = self._steps.result
            if type(result) is tuple:
                from worker_sys import convert

                self.js.respond(*map(convert.to_js, cast("tuple[Any, ...]", result)))
            else:
                self.js.resolve(result)
        except BaseException as error:  # noqa: BLE001  whatever it is, the platform is told
            self.js.reject(to_js(error))
        self._answer()

    def _answer(self) -> None:
        self._answered = True
        self._end_when_idle()

    def _end_when_idle(self, *, tell: bool = True) -> bool:
        """End, if nothing keeps it: whether it has ended. `tell`: JavaScript does not know yet."""
        if not self._answered or self._kept or self._ended:
            return False
        self._ended = True
        scope = self._scope
        if scope is not None and not scope.lasting:
            for task in tuple(scope.tasks):
                task.cancel(
                    "its event has ended; ctx.wait_until(…) lets a task outlive the response"
                )
            if scope.tasks or scope.ready:
                # Cancelled tasks clean up first, and a task that the first step asked for and
                # outran is done, in the microtask that is on its way.
                asyncio.get_running_loop().call_soon(self._close, context=self._context)
                return False
        self._close(tell=tell)
        return True

    def _close(self, *, tell: bool = True) -> None:
        if self._owned is not None:
            for proxy in self._owned:
                proxy.destroy()
            self._owned = None
        if self._scope is not None:
            self._scope.events.discard(self)
            if not self._lasting:
                _scopes.forget(self.scope_id)
        _events.pop(self.id, None)
        if tell:
            js.runtime.endEvent(self.id)
        # The context refers to this event: without the cycle, all go when the last reference does.
        self._context = _nowhere
        del self._steps

    def _waits(self) -> bool:
        """Whether it has no answer, nor a plain function that is about to go on."""
        return not self._answered and self.id in _events and not self._steps.returned


def _refuse_foreign(future: Any) -> BaseException | None:
    if not isinstance(future, asyncio.Task):
        return None
    owner, waiting = future.get_context().get(_event), _event.get()
    if owner is None or waiting is None or owner.scope_id == waiting.scope_id:
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
    event._steps.arrived(value)
    return event._turn()


def rejected(id: int, error: Any) -> Any:
    """Called by JavaScript when that promise is rejected."""
    event = _events[id]
    event._steps.failed(from_js(error))
    return event._turn()


def plain(id: int) -> None:
    """Called by JavaScript on a stack that may wait: calls the plain function put aside."""
    ensure_running()
    _events[id]._steps.call_plain()


def returned(id: int) -> Any:
    """Called by JavaScript when `plain` has come back."""
    return _events[id]._turn()


def stuck(scope_id: int) -> None:
    """Called by JavaScript when a scope waits and nothing of its own can end the wait."""
    scope = _scopes.find(scope_id)
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
    scope = _scopes.find(scope_id)
    if scope is not None:
        ensure_running()
        scope.drain()


def forget(scope_id: int) -> None:
    """Called when a Durable Object is gone: its tasks end."""
    scope = _scopes.forget(scope_id)
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
