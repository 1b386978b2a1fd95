"""HTTP methods.

Source: workers-rs `Method`; https://developers.cloudflare.com/workers/runtime-apis/request/
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

__all__ = ["Method"]

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# What `fetch` uppercases; every other verb is case-sensitive and stays as it came.
_NORMALISED: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})


class Method(StrEnum):
    """The methods that a router has a verb for. Each is a `str`: `Method.GET == "GET"`."""

    HEAD = "HEAD"
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"
    OPTIONS = "OPTIONS"
    CONNECT = "CONNECT"
    TRACE = "TRACE"
    REPORT = "REPORT"

    # Enum's own hash is a Python function; a router looks a method up for each request.
    __hash__ = str.__hash__

    @classmethod
    def all(cls) -> tuple[Method, ...]:
        """Every member, in the crate's order."""
        return tuple(cls)

    @classmethod
    def of(cls, verb: str) -> Method | str:
        """The member of that name, or the verb itself when there is none.

        Where the crate turns an unknown verb into GET, this keeps it: `PROPFIND` is `PROPFIND`.
        The six verbs that `fetch` normalises may come in any case.

        Raises:
            ValueError: the verb is not an HTTP token.
        """
        known = _BY_NAME.get(verb)
        if known is not None:
            return known
        if verb.upper() in _NORMALISED:
            return _BY_NAME[verb.upper()]
        if not _TOKEN.fullmatch(verb):
            raise ValueError(f"{verb!r} is not an HTTP method")
        return verb


_BY_NAME: Final[dict[str, Method]] = {method.value: method for method in Method}
