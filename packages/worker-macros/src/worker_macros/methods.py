"""Which methods of a class JavaScript may call, checked while the class is made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final, final

from worker_macros.registry import Method
from worker_macros.signature import arity, is_async, refuse, where

__all__ = ["BASE_MARK", "Handler", "methods_of"]

BASE_MARK: Final = "__worker_base__"
"""Attribute in the namespace of `worker`'s own base classes: what they define is not the user's."""

_RESERVED: Final = frozenset({"connect", "constructor", "dispose", "dup", "js", "then"})
"""Names that mean something else on every stub."""


@final
@dataclass(frozen=True, slots=True)
class Handler:
    """A method that the platform calls.

    Attributes:
        name: its JavaScript name.
        parameters: its parameters beside `self`, as source text.
        counts: the numbers of positional arguments it may take.
        must_be_async: whether a plain `def` is refused.
    """

    name: str
    parameters: str
    counts: tuple[int, ...]
    must_be_async: bool = False


def methods_of(
    cls: type,
    handlers: Mapping[str, Handler],
    *,
    rpc: bool,
    not_called: frozenset[str] = frozenset(),
    taken: frozenset[str] = frozenset(),
) -> tuple[Method, ...]:
    """Everything of `cls` that JavaScript may call: handlers in their order, then RPC methods.

    Args:
        cls: the user's class.
        handlers: Python name to what the platform expects of it.
        rpc: whether other public methods are callable.
        not_called: public names that are never callable from outside (`setup`).
        taken: names that a stub of this kind of class has itself.

    Raises:
        SignatureError: a handler has the wrong arity, or a public method is not `async def`.
    """
    found = dict(_functions(cls))
    result = [_handler(name, handlers[name], found.pop(name)) for name in handlers if name in found]
    if rpc:
        reserved = _RESERVED | taken
        result += [_rpc(name, fn, reserved) for name, fn in found.items() if name not in not_called]
    return tuple(result)


def _functions(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions of the user's own classes, base classes first, in source order."""
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        if base is object or BASE_MARK in vars(base):
            continue
        names.update(dict.fromkeys(name for name in vars(base) if not name.startswith("_")))
    for name in names:
        value = inspect.getattr_static(cls, name)
        if isinstance(value, FunctionType):
            yield name, value


def _handler(name: str, handler: Handler, function: Callable[..., Any]) -> Method:
    taken = arity(function)
    paste = f"    async def {name}({', '.join(filter(None, ('self', handler.parameters)))}): ..."
    if not any(taken.takes(1 + count) for count in handler.counts):
        expected = " or ".join(str(count) for count in handler.counts)
        raise refuse(
            function,
            f"the handler `{name}` should take {expected} arguments after `self`"
            f" but takes {taken} with it",
            paste,
        )
    if handler.must_be_async and not is_async(function):
        raise refuse(function, f"the handler `{name}` must be an async function", paste)
    return _method(handler.name, name, "handler", function)


def _rpc(name: str, function: Callable[..., Any], reserved: frozenset[str]) -> Method:
    if name in reserved:
        raise refuse(
            function,
            f"the method `{name}` cannot be called: a stub keeps that name for itself",
            f"    async def {name}_(self, …): ...  # another name, or _{name} to keep it private",
        )
    if not is_async(function):
        raise refuse(
            function,
            f"the method `{name}` is callable by stubs, so it must be an async function",
            f"    async def {name}(self, …): ...  # or _{name} to keep it private",
        )
    return _method(name, name, "rpc", function)


def _method(name: str, attribute: str, role: Any, function: Callable[..., Any]) -> Method:
    most = arity(function).most
    return Method(
        name=name,
        attribute=attribute,
        role=role,
        is_async=is_async(function),
        arguments=None if most is None else most - 1,
        line=where(function).line,
    )
