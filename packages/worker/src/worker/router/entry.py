"""A route as it is run: its handler inside the middleware of every router around it."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from worker_sys.aio import call_plain

from worker._hints import not_a_response
from worker._mistakes import MISTAKES, answer_to
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
        handler, middleware = awaited(self.handler), self.middleware
        return _composed(middleware, self, handler) if middleware else handler

    @property
    def middleware(self) -> list[Middleware]:
        """What stands around the handler, outermost first."""
        return [each for scope in self.scopes for each in scope.middleware]

    def error_handler(self, error: Exception) -> ErrorHandler | None:
        """Who answers an exception: the innermost router that knows its class; None for nobody.

        The client's mistakes have an answer already, which only a handler of their own class
        replaces: one of `Exception` is there for the worker's failures.
        """
        mistake = answer_to(error)
        for scope in reversed(self.scopes):
            for kind in type(error).__mro__:
                handler = scope.error_handlers.get(kind)
                if handler is not None:
                    return handler
                if mistake is not None and kind in MISTAKES:
                    break
        return None if mistake is None else _always(mistake)

    def checked(self, answer: object) -> Response:
        """What `call` brought, which must be a response; see `checked`."""
        if type(answer) is Response:
            return answer
        if middleware := self.middleware:
            return checked(answer, "middleware", *middleware)
        return checked(answer, "a handler", self.handler)

    def under(self, outer: Router[Any], route: Route | None) -> Entry:
        """The same entry, with another router around its own."""
        return Entry(self.handler, (outer, *self.scopes), route)


def _always(response: Response) -> ErrorHandler:
    def answer(*_: object) -> Response:
        return response

    return answer


class HeadEntry(Entry):
    """A GET entry that answers HEAD: everything but the body."""

    __slots__ = ()

    def _compose(self) -> Awaited:
        whole = super()._compose()

        async def head(req: Request, ctx: RouteContext[Any]) -> Response:
            return await answers.without_body(self.checked(await whole(req, ctx)))

        return head


def awaited(function: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """A handler or a middleware as a coroutine function; a plain one may use `run_sync`."""
    if iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__):
        return function

    async def plain(*arguments: Any) -> Any:
        answer = await call_plain(function, *arguments)
        return await answer if hasattr(answer, "__await__") else answer

    return plain


def checked(answer: object, what: str, *functions: Callable[..., Any]) -> Response:
    """What one of these functions returned, which must be a response.

    Raises:
        TypeError: it is something else.
    """
    if type(answer) is Response:
        return answer
    raise not_a_response(answer, what, functions)


def _composed(middleware: Sequence[Middleware], entry: Entry, handler: Awaited) -> Next:
    async def innermost(req: Request, ctx: RouteContext[Any]) -> Response:
        # Answered here, so that middleware sees the response and not the exception.
        try:
            return checked(await handler(req, ctx), "a handler", entry.handler)
        except Exception as error:
            on_error = entry.error_handler(error)
            if on_error is None:
                raise
            return checked(await awaited(on_error)(req, ctx, error), "a handler", on_error)

    return _linked(reversed(middleware), innermost)


def _linked(middleware: Iterable[Middleware], last: Next) -> Next:
    def link(one: Callable[..., Any], following: Next) -> Next:
        return lambda req, ctx: one(req, ctx, following)

    for one in middleware:
        last = link(awaited(one), last)
    return last
