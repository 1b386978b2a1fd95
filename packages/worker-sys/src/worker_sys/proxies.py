"""Python functions that JavaScript calls, each with an owner that lets it go.

Arguments come as JavaScript passes them (primitives and proxies; None for `null`), the result goes
through `convert.to_js`. An async function gives JavaScript a promise, and begins at once. What it
raises is a JavaScript error that carries the Python exception.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, cast

from worker_sys import errors, js

__all__ = ["Live", "Owner", "callback", "live", "one_shot"]


class Owner(Protocol):
    """Who lets proxies go, and in whose context the functions run: an event (`aio.Event`)."""

    def own(self, proxy: Any) -> Any:
        """Call `proxy.destroy()` when the owner ends."""
        ...

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call the function as part of what the owner is."""
        ...


class _Owned:
    """A proxy as its owner holds it: may be destroyed twice, and already have destroyed itself."""

    __slots__ = ("_proxy",)

    def __init__(self, proxy: Any) -> None:
        self._proxy = proxy

    def spent(self) -> None:
        self._proxy = None

    def destroy(self) -> None:
        if self._proxy is not None:
            self._proxy.destroy()
            self._proxy = None


def callback(function: Callable[..., Any], owner: Owner | None = None) -> Any:
    """A JavaScript function that calls `function`, as often as it likes, until `owner` ends.

    Args:
        function: plain or async.
        owner: who destroys it; by default the current event. Without any, it lives as long as the
            isolate.
    """
    from worker_sys.events import current_event

    owner = owner or current_event()
    proxy = js.ffi.create_proxy(_crossing(function, owner))
    if owner is not None:
        owner.own(_Owned(proxy))
    return js.runtime.lend(proxy, False)


def one_shot(function: Callable[..., Any]) -> Any:
    """A JavaScript function that is gone after one call, or when the current event ends.

    Args:
        function: plain or async.
    """
    from worker_sys.events import current_event

    owner = current_event()
    call = _crossing(function, owner)

    def once(*args: Any) -> Any:
        owned.spent()
        return call(*args)

    proxy = js.ffi.create_proxy(once)
    owned = _Owned(proxy)
    if owner is not None:
        owner.own(owned)
    return js.runtime.lend(proxy, True)


def _crossing(function: Callable[..., Any], owner: Owner | None) -> Callable[..., Any]:
    """The function as JavaScript calls it."""

    def call(*args: Any) -> Any:
        try:
            return _begin(function, args) if owner is None else owner.run(_begin, function, args)
        except BaseException as error:  # noqa: BLE001  JavaScript called, JavaScript is told
            return js.runtime.failed(errors.to_js(error))

    return call


def _begin(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    from worker_sys.convert import to_js

    result = function(*args)
    if isinstance(result, Coroutine):
        return _promise(cast("Coroutine[Any, Any, Any]", result))
    return to_js(result)


def _promise(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """A JavaScript promise of what the coroutine returns; it begins now."""
    from worker_sys.convert import to_js

    loop: Any = asyncio.get_running_loop()
    task: asyncio.Task[Any] = loop.create_task(coroutine, eager_start=True)
    promised = js.runtime.deferred()

    def settle(done: asyncio.Task[Any]) -> None:
        try:
            promised.resolve(to_js(done.result()))
        except BaseException as error:  # noqa: BLE001  as above
            promised.reject(errors.to_js(error))

    if task.done():
        settle(task)
    else:
        task.add_done_callback(settle)
    return promised.promise


@dataclass(frozen=True, slots=True)
class Live:
    """References across the border, at one moment.

    Attributes:
        js_objects: JavaScript objects that Python holds.
        py_objects: Python objects that JavaScript holds, of those made since the first count.
    """

    js_objects: int
    py_objects: int


def live() -> Live:
    """Count what is alive on both sides: a leak shows as a difference between two counts.

    For tests: counting makes every later proxy slower.
    """
    held, lent = js.runtime.live().to_py()
    return Live(held, lent)
