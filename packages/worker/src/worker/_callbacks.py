"""Async Python functions that JavaScript may call while an event lasts, as often as it likes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from worker_sys import aio, errors, js, proxies

__all__ = ["async_function"]


def async_function(function: Callable[..., Awaitable[Any]]) -> Any:
    """A JavaScript function that runs `function` as a task of the current event.

    It returns a promise of what the function gives. It is let go when the event ends.

    Args:
        function: takes what JavaScript passes, and gives what JavaScript shall see: neither is
            converted here.

    Raises:
        RuntimeError: there is no event, so nothing would own the task.
    """
    event = aio.current_event()
    if event is None:
        raise RuntimeError("a function can be given to JavaScript only while an event is handled")

    def call(*arguments: Any) -> Any:
        done = js.Promise.withResolvers()

        async def run() -> None:
            try:
                done.resolve(await function(*arguments))
            except Exception as error:  # noqa: BLE001  whatever it is, the caller is told
                done.reject(errors.to_js(error))
            except BaseException as error:
                done.reject(errors.to_js(error))
                raise

        asyncio.ensure_future(run())  # noqa: RUF006  the event owns it
        return done.promise

    return proxies.callback(call, event)
