"""What the runtime hands out: objects without a public constructor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from worker_sys.events import Event

__all__ = ["Handle", "OfEvent"]


class Handle:
    """Base of every object that holds one JavaScript object and is never made by the user.

    Attributes:
        js: the JavaScript object itself, for what has no Python name yet.
    """

    __slots__ = ("js",)

    js: Any

    def __init__(self, *_arguments: object, **_options: object) -> None:
        """Refuse: only the runtime makes these.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            f"{type(self).__name__} has no public constructor: the runtime hands it out"
        )

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        """Wrap a JavaScript object (for `worker` itself)."""
        handle = object.__new__(cls)
        handle.js = js
        return handle


class OfEvent(Handle):
    """A handle that comes with an event: its JavaScript object is asked for when first needed.

    Most events need neither their environment nor their context.
    """

    __slots__ = ("_event",)

    _event: Event | None

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        handle = super()._from_js(js)
        handle._event = None
        return handle

    @classmethod
    def _from_event(cls, event: Event) -> Self:
        handle = object.__new__(cls)
        handle._event = event
        return handle

    @classmethod
    def _look_up(cls, event: Event) -> Any:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        # Called for `js` as long as its slot is empty.
        if name != "js" or self._event is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self.js = found = self._look_up(self._event)
        return found
