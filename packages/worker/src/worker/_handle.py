"""What the runtime hands out: objects without a public constructor."""

from __future__ import annotations

from typing import Any, Self

__all__ = ["Handle"]


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
