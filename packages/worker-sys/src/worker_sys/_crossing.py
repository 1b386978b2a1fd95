"""How a tree of values crosses in one call, either way, through the memory that both sides see.

To JavaScript, CPython's own typed and exact serialisation (`marshal`, written in C) writes the
tree, and `runtime/unpack.mjs` of worker-build reads it where it lies. To Python,
`runtime/python.mjs` makes the objects with the C API. Both leave some things to this side: a
complex number, of which JavaScript has none, stands for a date, or for a thing that stays what it
is.
"""

from __future__ import annotations

from marshal import dumps
from typing import Any, Final

from worker_sys import js
from worker_sys.errors import NotInWorker

_FORMAT: Final = 4
# A bytes object is its header and then its content; `id` is where it begins, in the memory that
# JavaScript sees too.
CONTENT: Final = bytes.__basicsize__ - 1


def _outside(*_: Any) -> Any:
    raise NotInWorker("a conversion to JavaScript")


# JavaScript appends what it has made, and it is taken away at once; calls that a finaliser makes in
# between are nested.
found: list[Any] = []
# What `reader` answers.
MADE: Final = 1
MARKED: Final = 2
BINARY: Final = -1
UNPLACED: Final = -2
# Found again by their paths from `globalThis`, in every isolate.
build: Any = js.runtime.build if js.IN_WORKER else _outside
copy: Any = js.runtime.copy if js.IN_WORKER else _outside
reader: Any = js.runtime.reader if js.IN_WORKER else None


def place() -> None:
    """Tell JavaScript where `found` is, which it forgets with its isolate."""
    js.runtime.takeAt(id(found))


def plain_to_js(value: Any, bigints: bool) -> Any:
    """The JavaScript value of a tree; None when something in it is not plain, or is unfit."""
    try:
        data = dumps(value, _FORMAT)
    except ValueError:
        return None
    return build(id(data) + CONTENT, bigints)


def marked_to_js(value: Any, bigints: bool, things: list[Any]) -> Any:
    """The same, where complex numbers stand for dates and things.

    Args:
        value: a date is `(milliseconds, 0)`, a thing `(its place, 1)`.
        bigints: whether integers beyond the safe ones may become BigInt.
        things: JavaScript objects, functions, errors.
    """
    data = dumps(value, _FORMAT)
    return build(id(data) + CONTENT, bigints, True, *things)
