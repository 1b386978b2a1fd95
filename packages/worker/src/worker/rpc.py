"""Calling the public methods of another worker's class, or of a Durable Object.

Arguments, results and exceptions are Python values on both sides. What cannot be copied crosses as
a stub: a function that was passed or returned can be called, and the call runs where it came from.

Source: https://developers.cloudflare.com/workers/runtime-apis/rpc/
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from worker_sys import calls, convert

from worker._handle import Handle

__all__ = ["RpcStub"]


class RpcStub(Handle):
    """Something whose public methods can be awaited: `await stub.add(3, 4)`.

    Every attribute is a method of the other side; whether it exists is known when it is called.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        """The method of that name, as an async function of positional arguments.

        Raises:
            AttributeError: the name begins with `_`, which no stub can call.
        """
        if name.startswith("_") or name == "js":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        target = self.js

        async def method(*arguments: Any) -> Any:
            return convert.to_py(await calls.acall(target, name, *arguments))

        method.__name__ = name
        method.__qualname__ = f"{type(self).__name__}.{name}"
        return method
