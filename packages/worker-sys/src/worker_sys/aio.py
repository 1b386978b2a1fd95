"""Waiting in a worker: for JavaScript promises, from plain functions, and for blocking code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, TypeVar, cast

from worker_sys import _stepping, js
from worker_sys._promises import settled_future
from worker_sys.errors import Error, NotInWorker, from_js
from worker_sys.events import Event, current_event, ensure_running, scope_of

__all__ = [
    "Event",
    "RunSyncError",
    "call_plain",
    "current_event",
    "run_blocking",
    "run_sync",
    "wait",
]

T = TypeVar("T")


class RunSyncError(Error, RuntimeError):
    """`run_sync` was called where the stack cannot wait."""


async def wait(promise: Any) -> Any:
    """Wait for a JavaScript promise.

    Returns:
        What it is resolved with, not converted: a primitive or a proxy.

    Raises:
        Error: what it is rejected with, as the Python exception that the gate makes of it.
    """
    if isinstance(promise, asyncio.Future):
        # Pyodide's, of a call that lent Python objects to JavaScript for as long as it takes.
        lent = cast("asyncio.Future[Any]", promise)
        try:
            return await lent
        except js.JsException as error:
            failure = from_js(error)
            raise failure from failure.__cause__
    steps = _stepping.alone()
    if steps is not None:
        return await steps.wait(promise)
    return await settled_future(promise)


def run_sync(awaitable: Awaitable[T]) -> T:
    """Wait for `awaitable` in a plain function; only this handler waits, others go on.

    Works in handlers that are plain functions (of events, of routes, of Durable Objects), in plain
    middleware, in functions given to `run_blocking`, and below WSGI apps and the plain endpoints of
    ASGI apps.

    Raises:
        NotInWorker: outside a worker.
        RunSyncError: this stack cannot wait: in an `async def`, use `await`, or `await
            run_blocking(fn)`.
    """
    if not js.IN_WORKER:
        raise NotInWorker("run_sync")
    check_can_wait("run_sync")
    # A promise by itself is not counted among those that may wake the event.
    waited: Any = wait(awaitable) if isinstance(awaitable, js.JsProxy) else awaitable
    scope = scope_of(None)
    back = False

    def wakes(_: object) -> None:
        if not back:
            scope.waking.add(task)

    task = asyncio.ensure_future(waited)
    task.add_done_callback(wakes)
    try:
        return js.ffi.run_sync(task)
    finally:
        back = True
        ensure_running()
        scope.waking.discard(task)


def check_can_wait(what: str) -> None:
    """Refuse `what` where the stack cannot wait.

    Raises:
        RunSyncError: it cannot.
    """
    if not js.ffi.can_run_sync():
        raise RunSyncError(
            f"{what} cannot wait here: it needs a handler that is a plain `def`; "
            "in an `async def`, use `await`, or `await run_blocking(function)` for code that cannot"
        )


async def run_blocking(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Call a plain function that may use `run_sync`; other events go on.

    Raises:
        NotInWorker: outside a worker.
        Exception: what `function` raises, unchanged.
    """
    if not js.IN_WORKER:
        raise NotInWorker("run_blocking")
    outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    context = copy_context()

    def call() -> None:
        ensure_running()
        try:
            result = context.run(function, *args, **kwargs)
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            if not outcome.done():
                outcome.set_exception(error)
        else:
            if not outcome.done():
                outcome.set_result(result)

    proxy = js.ffi.create_proxy(call)
    try:
        await js.runtime.promising(proxy)
        return await outcome
    finally:
        proxy.destroy()


async def call_plain(function: Callable[..., T], /, *args: Any) -> T:
    """Call a plain function of the user, which may use `run_sync`, for a coroutine of an event.

    Where nothing has made a task of the coroutine it costs a stack, and neither a task nor a turn
    of the event loop. The function runs in the coroutine's own context.

    Raises:
        Exception: what `function` raises, unchanged.
    """
    steps = _stepping.alone()
    if steps is not None:
        return await steps.call(function, args)
    return await run_blocking(function, *args) if js.IN_WORKER else function(*args)
