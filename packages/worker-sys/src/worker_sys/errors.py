"""The root of every exception of the API, and the gate for errors, both ways.

A JavaScript error becomes a Python exception once, with its name, message, code, stack and causes.
A Python exception becomes a JavaScript `Error` that carries its traceback, type and data, and is
made the same exception again where it comes back to Python: through a callback, or from another
worker over RPC.
"""

from __future__ import annotations

import builtins
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, cast

__all__ = [
    "ConversionError",
    "CrossRequestError",
    "DecodeError",
    "Error",
    "IntegerRangeError",
    "JsError",
    "NotInWorker",
    "from_js",
    "register",
    "to_js",
]

MAX_CAUSES: Final = 16
"""Errors of one cause chain that cross; what lies deeper is dropped."""


class Error(Exception):
    """The root of every exception that the API raises."""


class NotInWorker(Error, RuntimeError):  # noqa: N818  a sentence, as in the crate
    """Something of the Workers runtime was used outside a worker.

    Args:
        what: what was used, as the source names it.

    Attributes:
        what: the same.
    """

    def __init__(self, what: str = "this") -> None:
        super().__init__(f"{what} works only in a worker; this is plain Python")
        self.what = what


class ConversionError(Error, TypeError):
    """A value cannot cross between Python and JavaScript.

    Attributes:
        path: where it stands in the value that was converted (`$.items[3].owner`); `$` for the
            value itself.
    """

    def __init__(self, message: str, *, path: str = "$") -> None:
        super().__init__(message)
        self.path = path


class IntegerRangeError(Error, OverflowError):
    """An integer is beyond ±(2^53 - 1), and JavaScript's numbers would round it.

    Attributes:
        path: where it stands in the value that was converted.
    """

    def __init__(self, message: str, *, path: str = "$") -> None:
        super().__init__(message)
        self.path = path


class DecodeError(Error, ValueError):
    """A value does not have the type that was asked for.

    Attributes:
        problems: every place that does not fit, with what is wrong there: `("$.items[0].price",
            "invalid type: …")`.
    """

    def __init__(self, message: str, problems: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class CrossRequestError(Error, RuntimeError):
    """Code of one event waits for something that only another event can complete."""


class JsError(Error):
    """An error that JavaScript threw, or that a promise was rejected with.

    The error that caused it, if any, is its `__cause__`. `str(error)` is `Name [code]: message`.

    Attributes:
        message: JavaScript's message.
        name: the error's name, `TypeError` say; empty when what was thrown is no error.
        code: the platform's code for it, None where it gave none.
        js_stack: JavaScript's stack trace, None where there is none.

    Source: workers-rs `Error::UnknownJsError`,
        https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Error
    """

    def __init__(
        self,
        message: str = "",
        *,
        name: str = "Error",
        code: str | int | None = None,
        js_stack: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.code = code
        self.js_stack = js_stack

    def __str__(self) -> str:
        code = "" if self.code is None else f" [{self.code}]"
        return f"{self.name}{code}: {self.message}" if self.name else self.message


Narrower = Callable[[JsError], Exception | None]
_narrowers: list[Narrower] = []


def register(narrower: Narrower) -> Narrower:
    """Let `narrower` give JavaScript errors a class that fits better; usable as a decorator.

    Args:
        narrower: gets the error with its causes, and returns another exception, or None to leave it
            to the next one.
    """
    _narrowers.append(narrower)
    return narrower


def from_js(error: Any) -> Exception:
    """The Python exception for what JavaScript threw.

    Args:
        error: a `js.JsException`, or any other value of JavaScript. A Python exception is returned
            as it is.
    """
    from worker_sys import convert, js

    if isinstance(error, Exception) and not isinstance(error, js.JsException):
        return error
    chain: list[dict[str, Any]] = convert.to_py(js.runtime.describe(error))
    made: Exception | None = None
    for told in reversed(chain):
        cause, made = made, _exception(told)
        if isinstance(made, JsError):
            made = _narrowed(made)
        made.__cause__ = cause
    return made or JsError()


def _exception(told: Mapping[str, Any]) -> Exception:
    python = told.get("python")
    if isinstance(python, Mapping):
        known = cast("Mapping[str, Any]", python)
        if (cls := _imported(str(known.get("type", "")))) is not None:
            return _remade(cls, known.get("args"), known.get("state"), told)
    if told["named"]:
        name, _, message = told["message"].partition(": ")
        if (cls := _by_name(name)) is not None:
            return _remade(cls, [message], None, told)
    error = JsError(told["message"], name=told["name"], code=told["code"], js_stack=told["stack"])
    if told["stack"]:
        error.add_note(f"JavaScript's stack:\n{told['stack']}")
    return error


def _narrowed(error: JsError) -> Exception:
    for narrower in _narrowers:
        if (narrow := narrower(error)) is not None:
            return narrow
    return error


def _remade(cls: type[Exception], args: Any, state: Any, told: Mapping[str, Any]) -> Exception:
    """An instance with the data that came over the wire.

    No code of the class runs, and no special attribute is set.
    """
    given = tuple(cast("list[Any]", args)) if isinstance(args, list) else (told["message"],)
    builtin = next(base for base in cls.__mro__ if base.__module__ == "builtins")
    error: Exception = builtin.__new__(cls, *given)
    # A builtin that wants other arguments (UnicodeDecodeError) keeps those that `__new__` took.
    with suppress(TypeError):
        builtin.__init__(error, *given)
    if isinstance(state, Mapping):
        for name, value in cast("Mapping[str, Any]", state).items():
            if not name.startswith("__"):
                error.__dict__[name] = value
    if told["stack"]:
        error.add_note(f"Raised on the other side of a call:\n{told['stack']}")
    return error


def _imported(path: str) -> type[Exception] | None:
    """The exception class `module:qualified.name`, of a module that is imported already."""
    module, _, qualname = path.partition(":")
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        inside = isinstance(found, type) or (found is sys.modules.get(module) and found is not None)
        found = vars(found).get(part) if inside else None
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def _by_name(name: str) -> type[Exception] | None:
    """The builtin exception, or the class of the API, of that name."""
    builtin = vars(builtins).get(name)
    if isinstance(builtin, type) and issubclass(builtin, Exception):
        return builtin
    return next((cls for cls in _family(Error) if cls.__name__ == name), None)


def _family(cls: type[Exception]) -> Iterator[type[Exception]]:
    yield cls
    for sub in cls.__subclasses__():
        yield from _family(sub)


def to_js(error: BaseException) -> Any:
    """The JavaScript `Error` for a Python exception.

    It has the name, the message, the traceback as its stack, the causes, and, as its property
    `python`, what `from_js` needs to make the same exception again.
    """
    from worker_sys import js

    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and len(chain) < MAX_CAUSES and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    made: Any = None
    for each in reversed(chain):
        made = (
            each if isinstance(each, js.JsException) else js.runtime.makeError(*_told(each), made)
        )
    return made


def _told(error: BaseException) -> tuple[Any, ...]:
    """The arguments of `makeError` but the last."""
    if isinstance(error, JsError):
        return error.name, error.message, error.js_stack, error.code, None
    stack = "".join(traceback.format_exception(error, chain=False)).rstrip()
    code = getattr(error, "code", None)
    return (
        type(error).__name__,
        str(error),
        stack,
        code if isinstance(code, str | int) else None,
        _data(error),
    )


def _data(error: BaseException) -> Any:
    from worker_sys import convert

    cls = type(error)
    told = {"type": f"{cls.__module__}:{cls.__qualname__}"}
    state = {name: value for name, value in vars(error).items() if not name.startswith("__")}
    for extra in ({"args": error.args, "state": state}, {"args": error.args}, {}):
        try:
            return convert.to_js({**told, **extra}, functions=False)
        except Error:
            continue
    return None
