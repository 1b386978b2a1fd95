"""Python callables that JavaScript holds, and who lets go of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from worker_sys import js

if TYPE_CHECKING:
    from worker_sys.events import Event

_live = 0


def live() -> int:
    """How many of our callables JavaScript holds now; what tests count."""
    return _live


class _Counted:
    """A proxy that is counted until it is destroyed, once."""

    __slots__ = ("proxy",)

    def __init__(self, function: Callable[..., Any]) -> None:
        global _live
        self.proxy = js.ffi.create_proxy(function)
        _live += 1

    def destroy(self) -> None:
        global _live
        if self.proxy is not None:
            _live -= 1
            proxy, self.proxy = self.proxy, None
            proxy.destroy()


def one_shot(function: Callable[..., Any]) -> Any:
    """A callable for JavaScript that lets go of `function` after its first call.

    The running event owns it: one that is never called ends with the event.
    """
    from worker_sys.events import current_event

    counted: _Counted

    def once(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        finally:
            counted.destroy()

    counted = _Counted(once)
    event = current_event()
    if event is not None:
        event.own(counted)
    return counted.proxy


def callback(function: Callable[..., Any], owner: Event | None = None) -> Any:
    """A callable for JavaScript that may be called any number of times, until `owner` ends.

    Args:
        function: called as part of `owner`, with the arguments that JavaScript gives.
        owner: an event; by default the running one. Without any, the callable lives as long as the isolate.

    Returns:
        The JavaScript function.
    """
    from worker_sys.events import current_event

    event = owner or current_event()
    if event is None:
        return _Counted(function).proxy

    def called(*arguments: Any) -> Any:
        return event.run(function, *arguments)

    counted = _Counted(called)
    event.own(counted)
    return counted.proxy
