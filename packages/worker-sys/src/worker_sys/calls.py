"""Calling JavaScript methods: arguments converted on the way in, errors on the way out.

A method's arguments are positional, and one that is None is passed as `null`. Trailing options that are not given are
left out by the caller, who passes no argument for them.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from worker_sys import js
from worker_sys.convert import to_js
from worker_sys.errors import from_js


def call(target: Any, name: str, *arguments: Any) -> Any:
    """Call a method of a JavaScript object.

    Args:
        target: the object.
        name: the method, as JavaScript spells it.
        arguments: Python values or JavaScript objects.

    Returns:
        What it returns, not converted: a primitive or a proxy (a promise, where the method is asynchronous).

    Raises:
        ConversionError: an argument cannot cross.
        Error: what the method throws.
    """
    crossed = [to_js(argument) for argument in arguments]
    try:
        return getattr(target, name)(*crossed)
    except js.JsException as error:
        raise from_js(error) from None


async def acall(target: Any, name: str, *arguments: Any) -> Any:
    """Call an asynchronous method of a JavaScript object and wait for it.

    The same as `call`, but for the result: what the promise is resolved with, not converted.
    """
    crossed = [to_js(argument) for argument in arguments]
    try:
        result = getattr(target, name)(*crossed)
        return await result if isinstance(result, Awaitable) else result
    except js.JsException as error:
        raise from_js(error) from None
