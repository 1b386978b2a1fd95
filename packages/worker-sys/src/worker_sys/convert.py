"""The gate: the one place where values change language.

    Python                        to JavaScript             back without a type      back with a type
    None                          null                      None                     None
    bool, str                     the same                  the same                 the same
    int in ±(2^53-1)              number                    int                      int
    int beyond                    BigInt                    int                      int
    float                         number                    float; int when whole    float
    bytes, bytearray, memoryview  Uint8Array                bytes                    bytes
    datetime (aware)              Date                      datetime in UTC          datetime
    date, time, UUID, Decimal     string                    str                      the type
    Enum                          its value                 its value                the type
    Path                          string                    str                      Path
    dict, Mapping, dataclass,     plain Object              dict                     the type
    pydantic model
    list, tuple                   Array                     list                     the type
    set, frozenset                Set                       set                      set
    exception                     Error                     exception                exception
    JsProxy                       the object itself         proxy                    -

Containers are copied. What cannot cross raises `ConversionError` with its path.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from worker_sys import js
from worker_sys.decode import decode
from worker_sys.errors import ConversionError, to_js as _error_to_js

__all__ = ["decode", "options", "to_js", "to_py"]

_SAFE: Final = 2**53 - 1
_MAX_DEPTH: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def to_js(value: Any) -> Any:
    """Convert a Python value for JavaScript; see the table of this module.

    Raises:
        ConversionError: it, or something in it, cannot cross; `path` says where.
    """
    kind = type(value)
    if kind is str:
        return _text(value, "$")
    if kind is bool or kind is float or kind is int:
        return value
    if value is None:
        return js.ffi.jsnull
    return _Builder().build(value)


def _text(value: str, path: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ConversionError(
            f"the text has a lone surrogate at index {error.start}, which is no character",
            path=path,
        ) from None
    return value


class _Builder:
    """One conversion: a tree of JSON, with what JSON cannot say put beside it and crossing once each."""

    __slots__ = ("above", "escaped", "leaves")

    def __init__(self) -> None:
        self.escaped = False
        self.leaves: list[Any] = []
        self.above: set[int] = set()

    def build(self, value: Any) -> Any:
        if not isinstance(value, (dict, list, tuple, set, frozenset, Mapping)) and not _is_record(
            value
        ):
            leaf = self._leaf(value, "$")
            return leaf if leaf is not None else js.ffi.jsnull
        tree = self._tree(value, "$", 0)
        text = json.dumps(tree, allow_nan=False, separators=(",", ":"))
        if not self.leaves and not self.escaped:
            return js.JSON.parse(text)
        return js.runtime.build(text, js.ffi.to_js(self.leaves, depth=1))

    def _tree(self, value: Any, path: str, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            if value.startswith(("\x00", " ")):
                self.escaped = True
                value = f" {value}"
            return _text(value, path)
        if value is None or kind is bool:
            return value
        if kind is int and -_SAFE <= value <= _SAFE:
            return value
        if kind is float and math.isfinite(value):
            return value
        if depth > _MAX_DEPTH:
            raise ConversionError(
                f"the value is nested deeper than {_MAX_DEPTH} levels", path=path[:80]
            )
        if kind is dict or isinstance(value, Mapping):
            return self._within(value, lambda: self._object(value.items(), path, depth))
        if kind is list or kind is tuple or isinstance(value, (list, tuple)):
            return self._within(
                value,
                lambda: [
                    self._tree(item, f"{path}[{at}]", depth + 1) for at, item in enumerate(value)
                ],
            )
        if _is_record(value):
            return self._within(value, lambda: self._object(_record(value), path, depth))
        return self._mark(self._leaf(value, path))

    def _within(self, value: Any, make: Callable[[], Any]) -> Any:
        if id(value) in self.above:
            raise ConversionError("the value contains itself")
        self.above.add(id(value))
        try:
            return make()
        finally:
            self.above.discard(id(value))

    def _object(self, items: Iterable[tuple[Any, Any]], path: str, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in items:
            if isinstance(key, Enum):
                key = key.value
            if not isinstance(key, str):
                raise ConversionError(
                    f"a key of a JavaScript object is text, not {type(key).__name__} ({key!r}); use str(key)",
                    path=path,
                )
            made[_text(key, path)] = self._tree(item, f"{path}.{key}", depth + 1)
        return made

    def _mark(self, leaf: Any) -> str:
        self.leaves.append(leaf)
        return f"\x00{len(self.leaves) - 1}"

    def _leaf(self, value: Any, path: str) -> Any:
        """A value that is no container, as Pyodide hands it over."""
        if isinstance(value, Enum):
            return self._leaf_or_plain(value.value, path)
        if isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            return int(value)
        if isinstance(value, str):
            return _text(str(value), path)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return js.ffi.to_js(
                memoryview(value).cast("B") if isinstance(value, memoryview) else value
            )
        if isinstance(value, datetime):
            return _date(value, path)
        if isinstance(value, (date, time)):
            return value.isoformat()
        if isinstance(value, (UUID, Decimal, PurePath)):
            return str(value)
        if isinstance(value, (set, frozenset)):
            return js.Set.new(_Builder().build(list(value)))
        if isinstance(value, BaseException):
            return _error_to_js(value)
        if isinstance(value, js.ffi.JsProxy):
            return value
        handle = getattr(value, "js", None)
        if handle is not None and isinstance(handle, js.ffi.JsProxy):
            return handle
        raise _cannot(value, path)

    def _leaf_or_plain(self, value: Any, path: str) -> Any:
        return None if value is None else self._leaf(value, path)


def _cannot(value: Any, path: str) -> ConversionError:
    name = type(value).__name__
    if isinstance(value, timedelta):
        hint = "pass total_seconds(), or milliseconds, as the receiver takes it"
    elif callable(value):
        hint = "a function crosses only where the API takes one, which then owns it"
    else:
        hint = "pass a dict, a dataclass or a pydantic model"
    return ConversionError(f"{name} cannot cross to JavaScript: {hint}", path=path)


def _date(value: datetime, path: str) -> Any:
    if value.tzinfo is None:
        raise ConversionError(
            "the datetime is naive, so which moment it means is unknown: use datetime.now(UTC) or "
            "value.replace(tzinfo=…)",
            path=path,
        )
    return js.Date.new((value - _EPOCH) / _MILLISECOND)


def _is_record(value: Any) -> bool:
    return (dataclasses.is_dataclass(value) and not isinstance(value, type)) or hasattr(
        type(value), "__pydantic_serializer__"
    )


def _record(value: Any) -> Iterable[tuple[str, Any]]:
    if dataclasses.is_dataclass(value):
        return ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
    return value.model_dump(by_alias=True).items()


def to_py(value: Any) -> Any:
    """Convert a JavaScript value to plain Python; see the table of this module.

    Instances of classes (a Response, a binding, an R2Object …) stay proxies.
    """
    kind = type(value)
    if kind is str or kind is bool or kind is int or value is None:
        return value
    if kind is float:
        is_whole = value.is_integer() and -_SAFE <= value <= _SAFE
        return int(value) if is_whole and (value or math.copysign(1, value) > 0) else value
    if value is js.ffi.jsnull:
        return None
    if not isinstance(value, js.ffi.JsProxy):
        return int(value) if isinstance(value, int) else value
    packed = js.runtime.pack(value)
    if packed is None:
        return value
    if isinstance(packed, str):
        return json.loads(packed)
    kinds = packed.kinds.split(",") if packed.kinds else []
    leaves = [_leaf_to_py(*pair) for pair in zip(kinds, packed.leaves, strict=True)]
    return _unmark(json.loads(packed.text), leaves)


def _leaf_to_py(kind: str, leaf: Any) -> Any:
    match kind:
        case "bytes":
            return leaf.to_bytes()
        case "date":
            return _EPOCH + timedelta(milliseconds=leaf) if leaf == leaf else None  # noqa: PLR0124  NaN
        case "number":
            return float(leaf)
        case "bigint":
            return int(leaf)
        case "set":
            return set(to_py(leaf))
        case "error":
            from worker_sys.errors import from_js

            return from_js(leaf)
        case "null":
            return None
        case _:
            return leaf


def _unmark(tree: Any, leaves: list[Any]) -> Any:
    if isinstance(tree, str):
        if tree[:1] == "\x00":
            return leaves[int(tree[1:])]
        return tree[1:] if tree[:2] in {" \x00", "  "} else tree
    if isinstance(tree, list):
        return [_unmark(item, leaves) for item in tree]
    if isinstance(tree, dict):
        return {key: _unmark(item, leaves) for key, item in tree.items()}
    return tree


def options(**given: Any) -> Any:
    """A plain JavaScript object of the options that are given; one that is None is left out.

    Args:
        given: options by their JavaScript names.
    """
    return to_js({name: value for name, value in given.items() if value is not None})
