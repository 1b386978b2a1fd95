"""Promises that a task waits for: settled and gone on with in one turn.

A coroutine without a task has a shorter way, see `_stepping`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from worker_sys import events, js
from worker_sys.errors import from_js

_futures: dict[int, asyncio.Future[Any]] = {}
_last_future = 0


async def settled_future(promise: Any) -> Any:
    """Wait for a promise in a task.

    Raises:
        Error: what it is rejected with.
    """
    global _last_future
    loop = asyncio.get_running_loop()
    if loop is not events.loop():
        try:
            return await promise
        except js.JsException as error:
            failure = from_js(error)
            raise failure from failure.__cause__
    _last_future += 1
    key, future = _last_future, loop.create_future()
    _futures[key] = future
    try:
        js.runtime.settleLater(events.scope_of(None).id, promise, key)
        return await future
    finally:
        _futures.pop(key, None)


def settled(scope_id: int, key: int, failed: bool, value: Any) -> None:
    """Called by JavaScript when a promise that a task waits for is settled: the task goes on."""
    future = _futures.get(key)
    if future is None or future.done():
        return
    events.ensure_running()
    scope = events.scope_by_id(scope_id)
    # What waits for the future runs in this turn, and needs no microtask.
    scope.scheduled = True
    if failed:
        future.set_exception(from_js(value))
    else:
        future.set_result(value)
    scope.drain()
