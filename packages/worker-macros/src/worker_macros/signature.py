"""What a decorator may know about a function: its arity, its kind and where it was written.

Only the code object is read. Annotations are never evaluated, so a handler may name types that do
not exist at run time, and importing an app stays cheap.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType, MethodType
from typing import Any, Final, cast, final

__all__ = ["Arity", "SignatureError", "Where", "arity", "is_async", "refuse", "where"]


@final
@dataclass(frozen=True, slots=True)
class Where:
    """Where something was written: module, qualified name, file and line (1 for the first)."""

    module: str
    qualname: str
    file: str
    line: int


@final
@dataclass(frozen=True, slots=True)
class Arity:
    """How many positional arguments a call may pass: `least` to `most` (None: any number)."""

    least: int
    most: int | None
    keyword_only: tuple[str, ...] = ()

    def takes(self, count: int) -> bool:
        """Whether a call with exactly `count` positional arguments is accepted."""
        return (
            self.least <= count and (self.most is None or count <= self.most)
        ) and not self.keyword_only

    def __str__(self) -> str:
        """The arity in words, for messages: `1`, `1 to 2`, `at least 1`."""
        words = str(self.least)
        if self.most is None:
            words = f"at least {self.least}"
        elif self.most != self.least:
            words = f"{self.least} to {self.most}"
        if self.keyword_only:
            words += f" and the keyword {', '.join(f'`{name}`' for name in self.keyword_only)}"
        return words


class SignatureError(TypeError):
    """A decorator refused what it was put on. The note says what to write instead.

    Attributes:
        where: module, name, file and line of what was refused.
        paste: the text to paste in its place.
    """

    def __init__(self, message: str, where: Where, paste: str) -> None:
        """Build the error; `paste` becomes its note."""
        super().__init__(message)
        self.where = where
        self.paste = paste
        self.add_note(f"Write:\n\n{paste}\n")


_NOWHERE: Final = "<unknown>"


def _unwrapped(fn: object) -> object:
    """The function behind partials, bound methods and `functools.wraps`."""
    while True:
        inner = getattr(fn, "__wrapped__", None) or getattr(fn, "func", None)
        if inner is None or inner is fn:
            return getattr(fn, "__func__", fn)
        fn = inner


def where(target: object) -> Where:
    """Where a function or class was written."""
    inner = _unwrapped(target)
    module = str(getattr(inner, "__module__", _NOWHERE))
    qualname = str(getattr(inner, "__qualname__", type(target).__qualname__))
    if isinstance(inner, FunctionType):
        return Where(module, qualname, inner.__code__.co_filename, inner.__code__.co_firstlineno)
    return Where(module, qualname, _class_file(inner), int(getattr(inner, "__firstlineno__", 0)))


def _class_file(target: object) -> str:
    """The file of a class: that of its module, since a class has no code object of its own."""
    module = sys.modules.get(str(getattr(target, "__module__", "")))
    return str(getattr(module, "__file__", None) or _NOWHERE)


def is_async(fn: object) -> bool:
    """Whether calling `fn` gives a coroutine, seen through partials and `functools.wraps`."""
    return inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(_unwrapped(fn))


def arity(fn: Callable[..., Any]) -> Arity:
    """The positional arguments of `fn` itself: a wrapper with `*args` takes any number."""
    if isinstance(fn, FunctionType):
        return _of_function(fn)
    if isinstance(fn, functools.partial):
        partial = cast("functools.partial[Any]", fn)
        return _without(arity(partial.func), len(partial.args), partial.keywords)
    method = fn if isinstance(fn, MethodType) else getattr(fn, "__call__", None)  # noqa: B004
    if isinstance(method, MethodType):
        return _without(arity(method.__func__), 1, {})
    return Arity(0, None)


def _of_function(fn: FunctionType) -> Arity:
    code = fn.__code__
    most = code.co_argcount
    names = code.co_varnames[most : most + code.co_kwonlyargcount]
    given = fn.__kwdefaults__ or {}
    return Arity(
        least=most - len(fn.__defaults__ or ()),
        most=None if code.co_flags & inspect.CO_VARARGS else most,
        keyword_only=tuple(name for name in names if name not in given),
    )


def _without(whole: Arity, positional: int, named: Mapping[str, Any]) -> Arity:
    """What is left to pass when some arguments are bound already."""
    most = None if whole.most is None else whole.most - positional
    left = tuple(name for name in whole.keyword_only if name not in named)
    return Arity(max(whole.least - positional, 0), most, left)


def refuse(target: object, message: str, paste: str) -> SignatureError:
    """The error for a function or class that a decorator cannot take.

    Args:
        target: what was decorated.
        message: the sentence without its place, which is added.
        paste: the code to write instead.
    """
    place = where(target)
    return SignatureError(f"{message} ({place.file}, line {place.line})", place, paste)
