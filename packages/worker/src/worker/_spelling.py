"""Names as JavaScript writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

__all__ = ["camel", "spelled"]

_NONE: Final[Mapping[str, str]] = {}


def camel(name: str) -> str:
    """`cache_ttl_by_status` as JavaScript writes it."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def spelled(
    value: Any, names: Mapping[str, str] = _NONE, *, data: frozenset[str] = frozenset()
) -> Any:
    """Options, and the options in them, under their JavaScript names; what is None is left out.

    Args:
        value: a mapping of options, a list of such, or an option's value.
        names: those that `camel` does not give.
        data: options whose values are the user's own and stay as they are.
    """
    if isinstance(value, Mapping):
        return {
            names.get(name) or camel(name): each
            if name in data
            else spelled(each, names, data=data)
            for name, each in cast("Mapping[str, Any]", value).items()
            if each is not None
        }
    if isinstance(value, list | tuple):
        return [spelled(each, names, data=data) for each in cast("list[Any]", value)]
    return value
