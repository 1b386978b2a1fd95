"""Calls of JavaScript methods: Python values in, JavaScript's errors out as Python exceptions."""

from __future__ import annotations

from typing import Any

from worker_sys import js
from worker_sys._stepping import alone
from worker_sys.aio import current_event, wait
from worker_sys.convert import to_js
from worker_sys.errors import NotInWorker, from_js

__all__ = ["acall", "call"]


def _outside(_target: Any, method: str, *_: Any) -> Any:
    raise NotInWorker(f"the method {method!r}")


_invoke: Any = js.runtime.invoke if js.IN_WORKER else _outside
_invoke_for: Any = js.runtime.invokeFor if js.IN_WORKER else _outside


def call(target: Any, method: str, /, *args: Any) -> Any:
    """Call `target.method(...)`; the method `new` makes an instance of a class.

    Args:
        target: a JavaScript object.
        method: the name, as JavaScript spells it.
        args: passed through `convert.to_js`; None is `null`. Leave out what is not given.

    Returns:
        The result, not converted: a primitive (None for `null` and `undefined`) or a proxy.

    Raises:
        Error: what JavaScript threw, as a Python exception.
        ConversionError, IntegerRangeError: an argument cannot cross.
    """
    given = [to_js(arg) for arg in args]
    try:
        return _invoke(target, method, *given)
    except js.JsException as error:
        failure = from_js(error)
        raise failure from failure.__cause__


async def acall(target: Any, method: str, /, *args: Any) -> Any:
    """Call `target.method(...)` and wait for its promise; otherwise as `call`."""
    steps, event = alone(), current_event()
    if steps is not None and event is not None:
        given = [to_js(arg) for arg in args]
        try:
            # In one crossing, and Pyodide makes no future of the promise.
            _invoke_for(event.id, target, method, *given)
        except js.JsException as error:
            failure = from_js(error)
            raise failure from failure.__cause__
        return await steps.wait()
    result = call(target, method, *args)
    return await wait(result) if hasattr(result, "__await__") else result
