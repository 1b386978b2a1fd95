"""How a tree of values crosses: written by `marshal` on one side, read where it lies in memory on the other.

`marshal` is CPython's own typed and exact serialisation, written in C; `runtime/pack.mjs` and `runtime/unpack.mjs` of
worker-build speak it too. It has two kinds of numbers that JavaScript has not, and one of them is used here: a complex number
stands for a date, or for a thing that stays what it is.
"""

from __future__ import annotations

from marshal import dumps, loads
from typing import Any, Final

from worker_sys import js
from worker_sys.errors import NotInWorker

_FORMAT: Final = 4
# A bytes object is its header and then its content; `id` is where it begins, in the memory that JavaScript sees too.
CONTENT: Final = bytes.__basicsize__ - 1
_CAPACITY: Final = 16384
_OPAQUE: Final = 0
_BINARY: Final = -1


def _outside(*_: Any) -> Any:
    raise NotInWorker("a conversion to JavaScript")


# JavaScript writes into these; nobody else ever sees them. One for each call in progress: a finaliser may convert too.
_buffers: list[bytes] = []
# Found again by their paths from `globalThis`, in every isolate.
build: Any = js.runtime.build if js.IN_WORKER else _outside
copy: Any = js.runtime.copy if js.IN_WORKER else _outside
_read: Any = js.runtime.read if js.IN_WORKER else _outside


def plain_to_js(value: Any, bigints: bool) -> Any:
    """The JavaScript value of a tree of plain values, or None when something in it is not plain, or is unfit."""
    try:
        data = dumps(value, _FORMAT)
    except ValueError:
        return None
    return build(id(data) + CONTENT, bigints)


def marked_to_js(value: Any, bigints: bool, things: list[Any]) -> Any:
    """The same of a tree in which complex numbers stand for dates (`(milliseconds, 0)`) and things (`(place, 1)`)."""
    data = dumps(value, _FORMAT)
    return build(id(data) + CONTENT, bigints, True, *things)


def from_js(value: Any) -> tuple[Any, list[Any] | None]:
    """The Python value of a JavaScript object, and the things that complex numbers in it stand for.

    The list is None when there is nothing to replace.

    Raises:
        JsException: the tree contains itself, or is nested too deeply.
        TypeError: a key of a Map, or a member of a Set, cannot be one in Python.
    """
    buffer = _buffers.pop() if _buffers else bytes(_CAPACITY)
    try:
        outcome = _read(value, id(buffer) + CONTENT, _CAPACITY)
        if outcome == _OPAQUE:
            return value, None
        if outcome == _BINARY:
            return value.to_bytes(), None
        length = outcome >> 1
        if length > _CAPACITY:
            # Zero-filled and new: a large `bytes` of one's own, that JavaScript fills.
            large = bytes(length)
            js.runtime.fetchRead(id(large) + CONTENT)
            tree = loads(large)
        else:
            tree = loads(buffer)
        if outcome & 1:
            return tree, list(js.runtime.things())
        return tree, None
    finally:
        _buffers.append(buffer)
