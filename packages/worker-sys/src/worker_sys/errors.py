"""Errors: the root of every exception of `worker`, and the two directions across the border.

A JavaScript error becomes a Python exception once, here, and a Python exception becomes a JavaScript `Error` once, here.
"""

from __future__ import annotations

import builtins
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Final

_MAX_CAUSES: Final = 16
"""How long a chain of causes may be; what lies deeper is dropped."""


class Error(Exception):
    """Root of every exception of `worker`: `str()` is one sentence, what to do about it is in `__notes__`."""


class NotInWorker(Error, RuntimeError):  # noqa: N818  reads as a sentence
    """Something that needs the Workers runtime was used outside of it.

    Args:
        what: the name of what was used.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} works only in a worker; this is plain Python")
        self.what = what


class ConversionError(Error, TypeError):
    """A value that cannot cross between Python and JavaScript.

    Attributes:
        path: where in the value it is: `$.items[3].owner`.
    """

    def __init__(self, message: str, *, path: str = "$") -> None:
        super().__init__(message if path == "$" else f"{message} at {path}")
        self.path = path


class IntegerRangeError(Error, OverflowError):
    """An integer beyond ±(2^53-1) where JavaScript has only doubles."""


class CrossRequestError(Error, RuntimeError):
    """One event waited for something that only another event can bring."""


class DecodeError(Error, ValueError):
    """A value is not of the type that was asked for.

    Attributes:
        problems: every problem found, as `(path, message)`.
    """

    def __init__(self, message: str, problems: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class JsError(Error):
    """An error thrown by JavaScript that has no class of its own in Python.

    Attributes:
        name: JavaScript's name of the error's class, such as `TypeError`.
        message: its text.
        code: the platform's code, where it gave one.
        js_stack: JavaScript's stack, for logs.
    """

    def __init__(
        self, message: str, *, name: str = "Error", code: str | None = None, js_stack: str = ""
    ) -> None:
        super().__init__(f"{name} [{code}]: {message}" if code else f"{name}: {message}")
        self.name = name
        self.message = message
        self.code = code
        self.js_stack = js_stack


Mapper = Callable[[JsError], Exception | None]
_mappers: list[Mapper] = []


def register(mapper: Mapper) -> Mapper:
    """Let `mapper` turn some JavaScript errors into exceptions of their own; usable as a decorator.

    Args:
        mapper: given the error as `JsError`; returns the exception to raise, or None when it is not its business.
    """
    _mappers.append(mapper)
    return mapper


def from_js(error: Any) -> Exception:
    """The Python exception for what JavaScript threw.

    Args:
        error: a `JsException`, a JavaScript Error, or whatever else was thrown.
    """
    from worker_sys import js

    thrown = getattr(error, "js_error", error)
    facts = js.runtime.errorFacts(thrown, _MAX_CAUSES)
    made: Exception | None = None
    for fact in reversed(json.loads(facts)):
        cause, made = made, _make(**fact)
        made.__cause__ = cause
    assert made is not None
    return made


def _make(name: str, code: str, message: str, stack: str, python: str) -> Exception:
    own = _python_class(python) if python or name in _AMBIGUOUS else _python_class(name)
    if own is not None:
        made = _without_init(own, message)
        if stack:
            made.add_note(f"JavaScript stack:\n{stack}")
        return made
    general = JsError(message, name=name, code=code or None, js_stack=stack)
    for mapper in _mappers:
        special = mapper(general)
        if special is not None:
            return special
    return general


def _python_class(name: str) -> type[Exception] | None:
    """An exception class that is already here, by its qualified name; never imports anything."""
    module, _, simple = name.rpartition(".")
    if not module:
        found = getattr(builtins, name, None)
    else:
        found = getattr(sys.modules.get(module), simple, None)
    return found if isinstance(found, type) and issubclass(found, Exception) else None


_AMBIGUOUS: Final = frozenset({"TypeError", "SyntaxError", "TimeoutError"})
"""Names that both languages have: JavaScript's own errors stay `JsError`."""


def _without_init(cls: type[Exception], message: str) -> Exception:
    try:
        return cls(message)
    except TypeError:
        made = cls.__new__(cls, message)
        made.args = (message,)
        return made


def to_js(error: BaseException) -> Any:
    """The JavaScript `Error` for a Python exception, with its type, text, traceback and causes."""
    from worker_sys import js

    facts: list[dict[str, str]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and len(facts) < _MAX_CAUSES and id(current) not in seen:
        seen.add(id(current))
        cls = type(current)
        module = "" if cls.__module__ == "builtins" else f"{cls.__module__}."
        name, message, code = cls.__name__, str(current), ""
        if isinstance(current, JsError):
            name, message, code = current.name, current.message, current.code or ""
        trace = "".join(traceback.format_exception(current, chain=False))
        facts.append(
            {
                "name": name,
                "code": code,
                "message": message,
                "stack": trace,
                "python": f"{module}{cls.__qualname__}",
            }
        )
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return js.runtime.makeError(json.dumps(facts))
