"""Pictures as the binding takes them."""

from __future__ import annotations

from typing import Any

from worker_sys import convert, js

from worker._body import Storable, to_body

__all__ = ["encoding_of", "stream_of"]


def stream_of(image: Storable) -> Any:
    """A JavaScript stream of the bytes, which is all that the binding takes."""
    taken = to_body(image)
    if hasattr(taken, "getReader"):
        return taken
    return js.Response.new(convert.to_js(taken)).body


def encoding_of(encoding: str | None) -> tuple[Any, ...]:
    """The option that says how the bytes are written, if it is given."""
    return () if encoding is None else (convert.options(encoding=encoding),)
