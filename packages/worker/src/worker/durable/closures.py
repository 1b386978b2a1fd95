"""Functions that the platform calls once, while everything else waits.

`blockConcurrencyWhile` and `transaction` take a JavaScript function and hold their lock until its
promise is settled. The Python body does not run in a callback: it goes on in the coroutine that
asked, as soon as the platform holds the lock, and settles the promise when it ends. So it keeps its
task, its context and its traceback, and what it returns or raises never crosses the border.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from worker_sys import calls, errors, js, proxies

__all__ = ["run_async", "run_sync"]

T = TypeVar("T")


async def run_async(target: Any, method: str, body: Callable[[Any], Awaitable[T]]) -> T:
    """Run `body` while `target.method(…)` holds its lock.

    Args:
        target: the JavaScript object.
        method: a method that takes an async function and waits for it.
        body: an async function of the first argument that JavaScript passes, or None.

    Returns:
        What `body` returned.

    Raises:
        Exception: what `body` raised, unchanged; or why the platform did not call it.
    """
    entered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    left = js.Promise.withResolvers()

    def enter(argument: Any = None) -> Any:
        if not entered.done():
            entered.set_result(argument)
        return left.promise

    outcome = asyncio.ensure_future(calls.acall(target, method, proxies.one_shot(enter)))
    # A platform that refuses ends the call without entering.
    await asyncio.wait((entered, outcome), return_when=asyncio.FIRST_COMPLETED)
    if not entered.done():
        entered.cancel()
        return await outcome
    try:
        result = await body(entered.result())
    except BaseException as error:
        left.reject(errors.to_js(error))
        await _ignored(outcome)
        raise
    left.resolve()
    await outcome
    return result


async def _ignored(outcome: asyncio.Task[Any]) -> None:
    """Wait until the platform is done undoing; its error is the one being raised already."""
    await asyncio.wait((outcome,))
    if not outcome.cancelled():
        outcome.exception()


def run_sync(target: Any, method: str, body: Callable[[], T]) -> T:
    """Run `body` inside `target.method(…)`, which calls it at once and undoes it when it raises.

    Returns:
        What `body` returned.

    Raises:
        Exception: what `body` raised, unchanged; or why the platform did not call it.
    """
    results: list[T] = []
    failures: list[BaseException] = []

    def call() -> None:
        try:
            results.append(body())
        except BaseException as error:
            failures.append(error)
            raise

    try:
        calls.call(target, method, proxies.one_shot(call))
    except Exception:
        if failures:
            raise failures[0] from failures[0].__cause__
        raise
    return results[0]
