"""`router.get(pattern, handler)` and `@router.get(pattern)`, once for every verb."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, Self, overload

from worker._hints import unfit
from worker.method import Method

if TYPE_CHECKING:
    from worker.router.router import Router
    from worker.router.types import D, Handler

__all__ = ["HANDLER", "Registrar", "Verb", "check"]

HANDLER: Final = "req, ctx"
"""What a handler is called with."""


class Registrar[S]:
    """Registers routes for the methods of one verb; what `router.get` is."""

    __slots__ = ("_methods", "_router")

    def __init__(self, router: Router[S], methods: tuple[str, ...]) -> None:
        self._router = router
        self._methods = methods

    @overload
    def __call__(
        self, pattern: str, handler: Handler[S], *, name: str | None = None
    ) -> Router[S]: ...
    @overload
    def __call__[H: Handler[Any]](
        self, pattern: str, *, name: str | None = None
    ) -> Callable[[H], H]: ...
    def __call__(
        self, pattern: str, handler: Any = None, *, name: str | None = None
    ) -> Router[S] | Callable[[Any], Any]:
        """Register a handler, or decorate one.

        Args:
            pattern: the paths, as `worker.router.pattern` describes.
            handler: a function or coroutine function `(req, ctx)`; left out, a decorator is
                returned, which gives the handler back unchanged.
            name: for `url_for`; unique in the router.

        Returns:
            The router, for chaining; or the decorator.

        Raises:
            RouteInsertError: the pattern is wrong, another route matches the same paths, or the
                name is taken.
            RouterFrozenError: the router has run or is mounted.
            TypeError: the handler does not take `(req, ctx)`.
        """
        if handler is not None:
            check(handler, HANDLER)
            return self._router._add(self._methods, pattern, handler, name)

        def decorate(function: Any) -> Any:
            check(function, HANDLER)
            self._router._add(self._methods, pattern, function, name)
            return function

        return decorate


class Verb:
    """A verb of `Router`: registers for these methods; for none of them, as the last resort."""

    def __init__(self, *methods: Method, doc: str | None = None) -> None:
        self._methods = methods
        verbs = ", ".join(methods)
        self.__doc__ = doc or f"Register a route for {verbs}: `router.verb(pattern, handler)`."

    @overload
    def __get__(self, router: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, router: Router[D], owner: type[Any]) -> Registrar[D]: ...
    def __get__(self, router: Any, owner: type[Any]) -> Any:
        return self if router is None else Registrar(router, self._methods)


def check(function: Any, arguments: str) -> None:
    """Refuse what cannot be called as the router calls it, where it is registered.

    Args:
        function: a handler, a middleware or an exception handler.
        arguments: what it is called with, as it would be written.

    Raises:
        TypeError: it does not take them.
    """
    if not callable(function):
        raise unfit(f"what a router calls is a function ({arguments})", function)
    count = arguments.count(",") + 1
    code = function.__code__ if isinstance(function, FunctionType) else None
    if code is not None and (code.co_argcount, code.co_kwonlyargcount) == (count, 0):
        return  # the usual case, without the cost of a signature
    try:
        signature = inspect.signature(function)
    except ValueError:
        return  # a builtin that does not tell
    try:
        signature.bind(*[None] * count)
    except TypeError as error:
        name = getattr(function, "__qualname__", repr(function))
        raise TypeError(f"{name}{signature} must take ({arguments})") from error
