"""The one gate between Python and JavaScript values; the table is in the README of this package.

Nothing is changed in passing: what has no faithful counterpart on the other side raises, with the
path to it. The one exception is stated by the platform: a JavaScript date has milliseconds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from worker_sys import _unusual, js
from worker_sys._crossing import (
    BINARY,
    CONTENT,
    MADE,
    MARKED,
    UNPLACED,
    copy,
    found,
    place,
    plain_to_js,
    reader,
)
from worker_sys.decode import decode
from worker_sys.errors import ConversionError, from_js

__all__ = ["MAX_SAFE_INTEGER", "decode", "options", "register", "to_js", "to_py"]

register = _unusual.register
MAX_SAFE_INTEGER: Final = 2**53 - 1
# Pyodide makes a BigInt of some larger ones that are safe; the slow way does not.
_SMALL: Final = 2**52
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TREES: Final = frozenset({dict, list, tuple, set, frozenset})
# Whether values of a type are JavaScript objects: Pyodide has a class for each kind of object, and
# its own `isinstance` takes longer than the whole conversion.
_is_proxy: dict[type, bool] = {}
_SAME: Final = frozenset({str, int, float, bool, type(None)})


def to_js(value: Any, *, bigint: bool = True, functions: bool = True) -> Any:
    """The JavaScript value of a Python value.

    Args:
        value: any value of the table.
        bigint: integers beyond ±(2^53 - 1) become BigInt; give False where the receiver has only
            doubles.
        functions: functions and streams, which need an owner and belong to the current event, may
            be among the values.

    Returns:
        What JavaScript sees as the value when it is passed on: a proxy of an object, or a Python
        primitive. `null` for None.

    Raises:
        ConversionError: something in it cannot cross; the message says what, where, and what to use
            instead.
        IntegerRangeError: `bigint` is False, and an integer would be rounded.
        NotInWorker: on CPython.
    """
    kind = type(value)  # pyright: ignore[reportUnknownVariableType]
    if kind in _TREES:
        made = plain_to_js(value, bigint)
        return _unusual.to_js(value, bigint, functions) if made is None else made
    if kind is str:
        return value if value.isascii() else _unusual.to_js(value, bigint, functions)
    if kind is bytes:
        return copy(id(value) + CONTENT, len(value))
    if kind is bool or kind is float:
        return value
    if kind is int and -_SMALL < value < _SMALL:
        return value
    if value is None:
        return js.ffi.jsnull
    return _unusual.to_js(value, bigint, functions)


def to_py(value: Any) -> Any:
    """The Python value of a JavaScript value.

    `null` and `undefined` are None, safe integers `int` and other numbers `float`, BigInt is `int`,
    buffers are `bytes`, dates aware datetimes in UTC, plain objects and maps `dict`, arrays `list`,
    sets `set`, errors exceptions. Instances of classes, functions, promises and streams stay
    proxies.

    Raises:
        ConversionError: the value contains itself, is nested too deeply, or is a date, a key or a
            member that Python cannot have.
    """
    kind = type(value)  # pyright: ignore[reportUnknownVariableType]
    if _is_proxy.get(kind):  # pyright: ignore[reportUnknownArgumentType]
        try:
            outcome = reader[value]
        except js.JsException as error:
            failure = from_js(error)
            raise failure from failure.__cause__
        return found.pop() if outcome == MADE else _left_to_python(value, outcome)
    if kind is float:
        # JavaScript has one kind of number; what is whole and exact is an int, but -0 is not 0.
        whole = value.is_integer() and abs(value) <= MAX_SAFE_INTEGER and str(value) != "-0.0"
        return int(value) if whole else value
    if kind in _SAME:
        return value
    if kind not in _is_proxy:
        _is_proxy[kind] = isinstance(value, js.JsProxy)  # pyright: ignore[reportUnknownArgumentType]
        return to_py(value)
    # A BigInt comes as a subclass of int; what is not JavaScript's is returned unchanged.
    if isinstance(value, int):
        return int(value)
    return None if value is js.ffi.jsnull else value


def _left_to_python(value: Any, outcome: int) -> Any:
    if outcome == MARKED:
        return _revived(found.pop())
    if outcome == BINARY:
        return value.to_bytes()
    if outcome == UNPLACED:
        place()
        return to_py(value)
    return from_js(value) if isinstance(value, js.JsException) else value


def options(**given: Any) -> Any:
    """A plain JavaScript object of the options that are not None, named as JavaScript does."""
    return to_js({name: value for name, value in given.items() if value is not None})


def _revived(marked: Any) -> Any:
    """The tree with dates and errors in their places; changed in place."""
    value: Any = marked
    match marked:
        case complex():
            return _date(value.real)
        case list():
            tree = cast("list[Any]", value)
            for place, item in enumerate(tree):
                if type(item) not in _SAME:
                    tree[place] = _revived(item)
        case dict():
            return _revived_dict(cast("dict[Any, Any]", value))
        case set():
            return {_revived(item) for item in cast("set[Any]", value)}
        case js.JsException():
            return from_js(value)
        case _:
            pass
    return value


def _revived_dict(tree: dict[Any, Any]) -> dict[Any, Any]:
    for key, item in tree.items():
        if type(item) not in _SAME:
            tree[key] = _revived(item)
    # Only a Map has keys that are no text.
    if any(type(key) is complex for key in tree):
        return {_revived(key): item for key, item in tree.items()}
    return tree


def _date(milliseconds: float) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        raise ConversionError(
            "a JavaScript date that is invalid, or of no year that Python has"
        ) from None
