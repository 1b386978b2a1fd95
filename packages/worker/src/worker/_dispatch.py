"""The shim's door into Python: one function for each kind of call that JavaScript makes.

Each function takes the JavaScript half of an event and returns the finished answer, or None when the answer comes later
through the event's promise. Nothing else in `worker` is called by the shim.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from worker_macros import registry
from worker_sys import _entropy, events
from worker_sys._loop import timer
from worker_sys.events import PENDING, Event

from worker.context import Context
from worker.env import Env
from worker.request import Request
from worker.response import Response


def door() -> dict[str, Any]:
    """Everything that JavaScript may call; `plain` names the handlers that are not coroutines and may block."""
    return {
        "begin": begin,
        "fetch": fetch,
        "drain": events.drain,
        "timer": timer,
        "stuck": events.stuck,
        "plain": [spec.name for spec in registry.specs() if spec.kind == "fetch" and not spec.is_async],
    }


def begin() -> None:
    """Before the first event of an interpreter: fresh randomness, then the start handlers."""
    _entropy.reseed()
    for spec in registry.starts():
        spec.target()


def fetch(js_event: Any, method: str, url: str) -> Any:
    """Answer a request with a JavaScript Response."""
    event = Event(js_event)
    return _answer(event, _fetch(event, method, url))


def _answer(event: Event, coro: Coroutine[Any, Any, Any]) -> Any:
    result = event.start(coro)
    return None if result is PENDING else result


async def _fetch(event: Event, method: str, url: str) -> Any:
    spec = registry.handler("fetch")
    assert spec is not None
    try:
        request = Request._from_event(event, method, url)
        result = spec.target(request, Env._from_js(event.js.env), Context._from_event(event))
        if isinstance(result, Awaitable):
            result = await result
        return result._to_js()
    except Exception as error:  # noqa: BLE001  the handler's failure is an answer too
        traceback.print_exception(error, file=sys.stderr)
        respond = spec.options.get("respond_with_errors", False)
        return Response.error(str(error) if respond else "INTERNAL SERVER ERROR", 500)._to_js()
