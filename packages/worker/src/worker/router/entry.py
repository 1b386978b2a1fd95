"""A route as it is run: its handler inside the middleware of every router around it."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from worker_sys.aio import call_plain

from worker.response import Response
from worker.router import answers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence

    from worker.request import Request
    from worker.router.context import RouteContext
    from worker.router.pattern import Pattern
    from worker.router.router import Router
    from worker.router.types import ErrorHandler, Handler, Middleware, Next

    type Awaited = Callable[[Request, RouteContext[Any]], Awaitable[Response]]

__all__ = ["Entry", "HeadEntry", "Route", "awaited", "checked"]


@dataclass(frozen=True, slots=True)
class Route:
    """A registered route.

    Attributes:
        methods: the HTTP methods it answers; empty for `or_else_any_method`.
        pattern: its pattern, with the prefixes of the routers it is mounted in.
        handler: what answers.
        name: its name for `url_for`, None when it has none.
    """

    methods: tuple[str, ...]
    pattern: Pattern
    handler: Handler[Any]
    name: str | None = None


class Entry:
    """A handler and the routers around it, outermost first.

    `call` is composed when the entry is first used: every `use` counts, whatever the order in
    which routes and middleware were registered.
    """

    __slots__ = ("call", "data", "handler", "route", "scopes")

    def __init__(
        self, handler: Handler[Any], scopes: tuple[Router[Any], ...], route: Route | None = None
    ) -> None:
        self.handler = handler
        self.scopes = scopes
        self.route = route
        own = [scope.data for scope in scopes if scope.data is not None]
        self.data: Any = own[-1] if own else None
        self.call: Awaited = self._first_call

    async def _first_call(self, req: Request, ctx: RouteContext[Any]) -> Response:
        self.call = self._compose()
        return await self.call(req, ctx)

    def _compose(self) -> Awaited:
        middleware = [each for scope in self.scopes for each in scope.middleware]
        handler = awaited(self.handler)
        return _composed(middleware, self, handler) if middleware else handler

    def error_handler(self, error: Exception) -> ErrorHandler | None:
        """Who answers an exception: the innermost router that knows its class; None for nobody.

        The client's mistakes have an answer already, which only a handler of their own class
        replaces: one of `Exception` is there for the worker's failures.
        """
        answer = answers.to_mistake(error)
        for scope in reversed(self.scopes):
            for kind in type(error).__mro__:
                handler = scope.error_handlers.get(kind)
                if handler is not None:
                    return handler
                if answer is not None and kind in answers.MISTAKES:
                    break
        return answer

    def under(self, outer: Router[Any], route: Route | None) -> Entry:
        """The same entry, with another router around its own."""
        return Entry(self.handler, (outer, *self.scopes), route)


class HeadEntry(Entry):
    """A GET entry that answers HEAD: everything but the body."""

    __slots__ = ()

    def _compose(self) -> Awaited:
        whole = super()._compose()

        async def head(req: Request, ctx: RouteContext[Any]) -> Response:
            return await answers.without_body(checked(await whole(req, ctx)))

        return head


def awaited(function: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """A handler or a middleware as a coroutine function; a plain one may use `run_sync`."""
    if iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__):
        return function

    async def plain(*arguments: Any) -> Any:
        answer = await call_plain(function, *arguments)
        return await answer if hasattr(answer, "__await__") else answer

    return plain


def checked(answer: object) -> Response:
    """The answer of a handler, which must be a response.

    Raises:
        TypeError: it is something else.
    """
    if type(answer) is Response:
        return answer
    error = TypeError(f"a handler returned {type(answer).__name__}, not a Response")
    error.add_note("Return Response.ok(text), Response.from_json(value), or another Response.")
    raise error


def _composed(middleware: Sequence[Middleware], entry: Entry, handler: Awaited) -> Next:
    async def innermost(req: Request, ctx: RouteContext[Any]) -> Response:
        # Answered here, so that middleware sees the response and not the exception.
        try:
            return checked(await handler(req, ctx))
        except Exception as error:
            on_error = entry.error_handler(error)
            if on_error is None:
                raise
            return checked(await awaited(on_error)(req, ctx, error))

    return _linked(reversed(middleware), innermost)


def _linked(middleware: Iterable[Middleware], last: Next) -> Next:
    def link(one: Callable[..., Any], following: Next) -> Next:
        return lambda req, ctx: one(req, ctx, following)

    for one in middleware:
        last = link(awaited(one), last)
    return last
