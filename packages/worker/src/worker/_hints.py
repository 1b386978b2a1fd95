"""What to say about a value of the wrong type: what came, where from, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from inspect import isawaitable
from types import CodeType
from typing import Any, Final, cast

__all__ = ["BYTES", "not_a_response", "require", "unfit"]

BYTES: Final = (bytes, bytearray, memoryview)
"""What holds bytes."""


def unfit(expected: str, value: object, *, hint: str | None = None) -> TypeError:
    """The error for a value that is not what was expected.

    Args:
        expected: the beginning of the message, which the type of the value ends: `…, not dict`.
        value: what came. A coroutine is told to be awaited, and is closed.
        hint: what to write instead.
    """
    error = TypeError(f"{expected}, not {type(value).__name__}")
    note = _await(value) or hint
    if note is not None:
        error.add_note(note)
    return error


def require(
    kinds: type | tuple[type, ...], value: object, expected: str, *, hint: str | None = None
) -> None:
    """Refuse a value that is of none of these kinds, with the error that `unfit` makes.

    Raises:
        TypeError: it is of none of them.
    """
    if not isinstance(value, kinds):
        raise unfit(expected, value, hint=hint)


def not_a_response(
    answer: object, what: str, functions: Iterable[Callable[..., Any]] = ()
) -> TypeError:
    """The error for what was returned in place of a response.

    Args:
        answer: what was returned.
        what: who returned it: `a fetch handler`.
        functions: those that may have; the traceback does not show them any more.
    """
    error = TypeError(f"{what} returned {type(answer).__name__}, not a Response")
    for function in functions:
        error.add_note(f"It came from {_where(function)}.")
    error.add_note(_await(answer) or _instead(answer))
    return error


def _await(value: object) -> str | None:
    """What to do about a coroutine that nobody awaited; None for other values."""
    if not isawaitable(value):
        return None
    name: str = getattr(cast("object", value), "__qualname__", "an awaitable")
    if isinstance(value, Coroutine):
        # Python would tell of it a second time, at a line that has nothing to do with it.
        value.close()
    return f"`{name}` was called without being awaited: put `await` in front of the call."


def _instead(answer: object) -> str:
    if answer is None:
        return "Some way through it ends without `return`: return a Response there, too."
    if isinstance(answer, str):
        return "Return Response.ok(text), or Response.from_html(text)."
    if isinstance(answer, BYTES):
        return "Return Response.from_bytes(data)."
    if isinstance(answer, dict | list | tuple | int | float):
        return "Return Response.from_json(value)."
    return "Return Response.ok(text), Response.from_json(value), or another Response."


def _where(function: Callable[..., Any]) -> str:
    """A function's name, with file and line where it has them."""
    name = getattr(function, "__qualname__", type(function).__qualname__)
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return name
    return f"{name} ({code.co_filename}:{code.co_firstlineno})"
