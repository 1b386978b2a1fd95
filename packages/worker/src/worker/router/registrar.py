"""`router.get(pattern, handler)` and `@router.get(pattern)`, once for every verb."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self, overload

from worker.method import Method

if TYPE_CHECKING:
    from worker.router.router import Router
    from worker.router.types import D, Handler

__all__ = ["Registrar", "Verb"]


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
            _check(handler)
            return self._router._add(self._methods, pattern, handler, name)

        def decorate(function: Any) -> Any:
            _check(function)
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


def _check(handler: Any) -> None:
    if not callable(handler):
        raise TypeError(f"a handler is a function (req, ctx), not {type(handler).__name__}")
    code = handler.__code__ if isinstance(handler, FunctionType) else None
    if code is not None and (code.co_argcount, code.co_kwonlyargcount) == (2, 0):
        return  # the usual case, without the cost of a signature
    try:
        signature = inspect.signature(handler)
    except ValueError:
        return  # a builtin that does not tell
    try:
        signature.bind(None, None)
    except TypeError as error:
        name = getattr(handler, "__qualname__", repr(handler))
        message = f"the handler {name}{signature} must take (req, ctx)"
        raise TypeError(message) from error
