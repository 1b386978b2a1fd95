"""Waiting in a worker: for JavaScript promises, from plain functions, and for blocking code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, TypeVar

from worker_sys import _stepping, js
from worker_sys.errors import Error, NotInWorker, from_js
from worker_sys.events import PENDING, Event, Scope, current_event, ensure_running

__all__ = [
    "PENDING",
    "Event",
    "RunSyncError",
    "Scope",
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
    try:
        return await promise
    except js.JsException as error:
        failure = from_js(error)
        raise failure from failure.__cause__


def run_sync(awaitable: Awaitable[T]) -> T:
    """Wait for `awaitable` in a plain function; only this handler waits, others go on.

    Works in handlers that are plain functions, in functions given to `run_blocking`, and below
    WSGI apps and the plain endpoints of ASGI apps.

    Raises:
        NotInWorker: outside a worker.
        RunSyncError: this stack cannot wait: in an `async def`, use `await`, or `await
            run_blocking(fn)`.
    """
    if not js.IN_WORKER:
        raise NotInWorker("run_sync")
    check_can_wait("run_sync")
    event = current_event()
    step = _stepping.leave()
    if event is not None:
        event.scope.aside += 1
    try:
        return js.ffi.run_sync(awaitable)
    finally:
        if event is not None:
            event.scope.aside -= 1
        _stepping.enter(step)
        ensure_running()


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
