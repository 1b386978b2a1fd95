"""Headers as a JavaScript object, for the bindings that read them by themselves."""

from __future__ import annotations

from typing import Any

from worker_sys import convert, js

from worker.headers import Headers, HeadersLike

__all__ = ["to_js_headers"]


def to_js_headers(headers: HeadersLike) -> Any:
    """A JavaScript `Headers` with the same lines."""
    pairs = [[name, value] for name, value in Headers(headers).multi_items()]
    return js.Headers.new(convert.to_js(pairs))
