"""The slow way to JavaScript: every kind of value of the table, and the path to what cannot cross.

The tree is rewritten to one that `marshal` knows, and crosses like any other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Buffer, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, Final, cast
from uuid import UUID

from worker_sys import _crossing, js, proxies
from worker_sys.errors import ConversionError, Error, IntegerRangeError
from worker_sys.errors import to_js as error_to_js

MAX_DEPTH: Final = 200
_MAX_SAFE: Final = 2**53 - 1
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  both sides are naive and in UTC

Converter = Callable[[Any], Any]
_converters: list[tuple[type, Converter]] = []


def register(kind: type, converter: Converter) -> None:
    """Let values of `kind` cross.

    Args:
        kind: a class, or an abstract one such as `AsyncIterator`.
        converter: gives the JavaScript object of a value, owned by the current event.
    """
    _converters.append((kind, converter))


class _Refused(Exception):  # noqa: N818  never leaves this module
    """Why a value cannot cross; containers on the way out add where it stands."""

    def __init__(self, sentence: str, cls: Callable[..., Error] = ConversionError) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cls = cls
        self.path: list[str] = []


class _Walk:
    """One value on its way to JavaScript."""

    def __init__(self, *, bigint: bool, functions: bool) -> None:
        self.bigint = bigint
        self.functions = functions
        self.things: list[Any] = []
        self._above: set[int] = set()

    def plain(self, value: Any) -> Any:
        """The value as `marshal` knows it."""
        kind = type(value)  # pyright: ignore[reportUnknownVariableType]
        if value is None or kind is bool or kind is float:
            return value
        if isinstance(value, Enum):
            return self.plain(value.value)
        if isinstance(value, str):
            return checked(value)
        if isinstance(value, int):
            return self._integer(int(value))
        if isinstance(value, float):
            return float(value)
        if isinstance(value, dict | list | tuple | set | frozenset):
            return self._container(cast("Any", value))
        return self._other(value)

    def _integer(self, value: int) -> int:
        if not self.bigint and not -_MAX_SAFE <= value <= _MAX_SAFE:
            raise _Refused(
                f"{value} is beyond ±(2^53 - 1) and would be rounded: send it as text",
                IntegerRangeError,
            )
        return value

    def _other(self, value: Any) -> Any:
        if isinstance(value, js.JsProxy):
            return self._thing(value)
        if isinstance(value, datetime):
            return complex(_milliseconds(value), 0)
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, Decimal | UUID | PurePath):
            return str(value)
        if (record := _record(value)) is not None:
            return self._container(record, value)
        if isinstance(value, Mapping | AbstractSet):
            return self._container(cast("Any", value))
        if isinstance(value, Buffer):
            with memoryview(value) as view:
                return bytes(view)
        if isinstance(value, BaseException):
            return self._thing(error_to_js(value))
        return self._live(value)

    def _live(self, value: Any) -> complex:
        """What needs an owner on this side."""
        for kind, converter in _converters:
            if isinstance(value, kind):
                return self._thing(converter(value))
        handle = getattr(value, "js", None)
        if isinstance(handle, js.JsProxy):
            return self._thing(handle)
        name = type(value).__name__
        if isinstance(value, timedelta):
            raise _Refused(
                "a timedelta cannot cross: send seconds, or milliseconds, as the receiver counts"
            )
        if hasattr(value, "__await__"):
            raise _Refused(f"a {name} cannot cross: await it, and send its result")
        if isinstance(value, type):
            raise _Refused(f"the class {value.__name__} cannot cross: send an instance of it")
        if callable(value):
            if not self.functions:
                raise _Refused("a function cannot cross here")
            return self._thing(_function(value))
        if hasattr(value, "__iter__") or hasattr(value, "__aiter__"):
            raise _Refused(f"{name} cannot cross: make a list of it, or a stream (worker.streams)")
        raise _Refused(f"{name} cannot cross: make a dict, a dataclass or a pydantic model of it")

    def _thing(self, thing: Any) -> complex:
        self.things.append(thing)
        return complex(len(self.things) - 1, 1)

    def _container(self, value: Any, origin: Any = None) -> Any:
        here = id(value if origin is None else origin)
        if here in self._above:
            raise _Refused(f"this {type(value).__name__} contains itself, and only trees can cross")
        if len(self._above) > MAX_DEPTH:
            raise _Refused(f"a value may be nested at most {MAX_DEPTH} levels deep")
        self._above.add(here)
        try:
            if isinstance(value, Mapping):
                return self._mapping(cast("Mapping[Any, Any]", value))
            if isinstance(value, AbstractSet):
                return self._set(cast("AbstractSet[Any]", value))
            return self._list(value)
        finally:
            self._above.discard(here)

    def _mapping(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                hint = "JavaScript's objects have text keys alone: convert it"
                raise _Refused(f"the key {key!r:.40} is of type {type(key).__name__}, and {hint}")
            try:
                made[checked(key)] = self.plain(item)
            except _Refused as refused:
                refused.path.append(f".{key}" if key.isidentifier() else f"[{key!r}]")
                raise
        return made

    def _list(self, value: Iterable[Any]) -> list[Any]:
        made: list[Any] = []
        for item in value:
            try:
                made.append(self.plain(item))
            except _Refused as refused:
                refused.path.append(f"[{len(made)}]")
                raise
        return made

    def _set(self, value: AbstractSet[Any]) -> set[Any]:
        try:
            return {self.plain(item) for item in value}
        except TypeError:
            raise _Refused("a set of such members cannot cross: make it a list") from None


def to_js(value: Any, bigint: bool, functions: bool) -> Any:
    """The JavaScript value of any value of the table; see `convert.to_js`."""
    if isinstance(value, js.JsProxy):
        return value
    walk = _Walk(bigint=bigint, functions=functions)
    try:
        plain = walk.plain(value)
    except _Refused as refused:
        path = "$" + "".join(reversed(refused.path))
        where = "" if path == "$" else f", at {path}"
        raise refused.cls(f"{refused.sentence}{where}", path=path) from None
    kind = type(plain)  # pyright: ignore[reportUnknownVariableType]
    if kind is complex and plain.imag:
        return walk.things[0]
    if plain is None:
        return js.ffi.jsnull
    if kind is int:
        # As a float it is the same number to JavaScript; as an int, Pyodide makes a BigInt of it
        # from about 2^52 on.
        return float(plain) if -_MAX_SAFE <= plain <= _MAX_SAFE else plain
    if kind in (bool, float, str):
        return plain
    return _crossing.marked_to_js(plain, bigint, walk.things)


def checked(value: str) -> str:
    """The text, exactly a `str`, if it is one that UTF-8 can say.

    Raises:
        ConversionError: it holds half of a surrogate pair.
    """
    try:
        if not value.isascii():
            value.encode()
    except UnicodeEncodeError as error:
        half = f"U+{ord(value[error.start]):04X} at index {error.start}"
        raise _Refused(f"text with the lone surrogate {half} cannot cross: it is no text") from None
    return str.__str__(value)


def _record(value: Any) -> dict[str, Any] | None:
    """The fields of a dataclass or a pydantic model."""
    given: Any = value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    dump: Any = getattr(given.__class__, "model_dump", None)
    return None if dump is None else dump(given)


def _milliseconds(value: datetime) -> int:
    offset = value.utcoffset()
    if offset is None:
        raise _Refused(
            "a naive datetime means no moment: give it a time zone, as in datetime.now(UTC)"
        )
    return (value.replace(tzinfo=None) - offset - _EPOCH) // timedelta(milliseconds=1)


def _function(value: Callable[..., Any]) -> Any:
    from worker_sys.convert import to_py
    from worker_sys.events import current_event

    event = current_event()
    if event is None:
        raise _Refused(
            "outside an event nothing would own a function: use proxies.callback(function, owner)"
        )
    return proxies.callback(lambda *args: value(*map(to_py, args)), event)
