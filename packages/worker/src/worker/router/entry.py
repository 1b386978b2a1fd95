"""A route as it is run: its handler inside the middleware of every router around it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from worker.errors import FormDataError, JsonError, ValidationError
from worker.response import Response
from worker.router import answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from worker.request import Request
    from worker.router.context import RouteContext
    from worker.router.pattern import Pattern
    from worker.router.router import Router
    from worker.router.types import Answer, ErrorHandler, Handler, Middleware, Next

__all__ = ["Entry", "HeadEntry", "Route", "refuse", "settled"]


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
        self.call: Handler[Any] = self._first_call

    def _first_call(self, req: Request, ctx: RouteContext[Any]) -> Answer:
        self.call = self._compose()
        return self.call(req, ctx)

    def _compose(self) -> Handler[Any]:
        middleware = [each for scope in self.scopes for each in scope.middleware]
        return _composed(middleware, self) if middleware else self.handler

    def error_handler(self, error: Exception) -> ErrorHandler | None:
        """Who answers an exception: the innermost router that knows its class; None for nobody."""
        for scope in reversed(self.scopes):
            for kind in type(error).__mro__:
                handler = scope.error_handlers.get(kind)
                if handler is not None:
                    return handler
        if isinstance(error, ValidationError):
            return answers.invalid
        if isinstance(error, JsonError | FormDataError) and error.status is not None:
            return answers.malformed
        return None

    def under(self, outer: Router[Any], route: Route | None) -> Entry:
        """The same entry, with another router around its own."""
        return Entry(self.handler, (outer, *self.scopes), route)


class HeadEntry(Entry):
    """A GET entry that answers HEAD: everything but the body."""

    __slots__ = ()

    def _compose(self) -> Handler[Any]:
        whole = super()._compose()

        async def head(req: Request, ctx: RouteContext[Any]) -> Response:
            return await answers.without_body(await settled(whole(req, ctx)))

        return head


async def settled(answer: Answer) -> Response:
    """The response itself.

    Raises:
        TypeError: it is something else.
    """
    response = await answer if isinstance(answer, Awaitable) else answer
    return response if type(response) is Response else refuse(response)


def refuse(answer: object) -> NoReturn:
    """Refuse what a handler returned instead of a response.

    Raises:
        TypeError: always.
    """
    error = TypeError(f"a handler returned {type(answer).__name__}, not a Response")
    error.add_note("Return Response.ok(text), Response.from_json(value), or another Response.")
    raise error


def _composed(middleware: Sequence[Middleware], entry: Entry) -> Next:
    async def innermost(req: Request, ctx: RouteContext[Any]) -> Response:
        # Answered here, so that middleware sees the response and not the exception.
        try:
            return await settled(entry.handler(req, ctx))
        except Exception as error:
            handler = entry.error_handler(error)
            if handler is None:
                raise
            return await settled(handler(req, ctx, error))

    return _linked(reversed(middleware), innermost)


def _linked(middleware: Iterable[Middleware], last: Next) -> Next:
    def link(one: Middleware, following: Next) -> Next:
        return lambda req, ctx: one(req, ctx, following)

    for one in middleware:
        last = link(one, last)
    return last
