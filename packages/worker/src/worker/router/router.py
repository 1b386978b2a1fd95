"""The router: patterns to handlers, with middleware, mounting and errors.

    router = Router()

    @router.get("/users/:id")
    async def user(req: Request, ctx: RouteContext) -> Response:
        return Response.from_json({"id": ctx.param("id", int)})

    @event.fetch
    async def fetch(req: Request, env: Env, ctx: Context) -> Response:
        return await router.run(req, env, ctx)

Build it at module level: it becomes part of the image and is frozen at its first run.

A request is answered by, in this order: a route of its method; 405 when a route of another method
(HEAD, OPTIONS and TRACE do not count) matches the path; a route of `or_else_any_method`; 404.

Source: workers-rs `Router`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Self, overload

from worker.errors import RouteInsertError, RouteNameError, RouterFrozenError
from worker.method import Method
from worker.response import Response
from worker.router.context import RouteContext
from worker.router.dispatch import Tables
from worker.router.entry import Entry, Route, awaited, checked
from worker.router.matcher import Conflict
from worker.router.pattern import Pattern, parse
from worker.router.registrar import HANDLER, Registrar, Verb, check
from worker.router.types import D

if TYPE_CHECKING:
    from worker.context import Context
    from worker.env import Env
    from worker.request import Request
    from worker.router.types import ErrorHandler, Handler, Middleware

__all__ = ["Router"]

_LAST_RESORT = "Register what answers a path that no route of any method matches."


class Router(Generic[D]):  # noqa: UP046 (the parameter has a default, which 3.12 cannot write)
    """Finds the handler of a request.

    Args:
        data: anything that handlers reach as `ctx.data`.
        auto_head: answer HEAD where only GET is registered, by GET's handler without the body.
        auto_options: answer OPTIONS with 204 and `Allow` where the path has other methods.

    Source: workers-rs `Router::{new, with_data}`; middleware, mounting, names and error handlers
    are additions.
    """

    head = Verb(Method.HEAD)
    get = Verb(Method.GET)
    post = Verb(Method.POST)
    put = Verb(Method.PUT)
    patch = Verb(Method.PATCH)
    delete = Verb(Method.DELETE)
    options = Verb(Method.OPTIONS)
    connect = Verb(Method.CONNECT)
    trace = Verb(Method.TRACE)
    report = Verb(Method.REPORT)
    on = Verb(*Method)
    or_else_any_method = Verb(doc=_LAST_RESORT)

    @overload
    def __init__(
        self: Router[None], *, auto_head: bool = False, auto_options: bool = False
    ) -> None: ...
    @overload
    def __init__(self, *, data: D, auto_head: bool = False, auto_options: bool = False) -> None: ...
    def __init__(
        self, *, data: Any = None, auto_head: bool = False, auto_options: bool = False
    ) -> None:
        self.data: D = data
        self.middleware: list[Middleware] = []
        self.error_handlers: dict[type[BaseException], ErrorHandler] = {}
        self.handlers: dict[str, Handler[Any]] = {}
        self._tables = Tables(self, auto_head=auto_head, auto_options=auto_options)
        self._entries: list[Entry] = []
        self._named: dict[str, Pattern] = {}
        self._frozen = False

    @property
    def routes(self) -> tuple[Route, ...]:
        """Every route in the order of registration, mounted ones included."""
        return tuple(entry.route for entry in self._entries if entry.route is not None)

    async def run(self, req: Request, env: Env, ctx: Context) -> Response:
        """Answer a request.

        An exception is answered by the handler registered for its class; without one, the
        client's mistake is answered with 422 or 400 (see `worker.ValidationError`), and any other
        goes on to the caller.
        """
        self._frozen = True
        entry, slots, parts, allowed = self._tables.match(req.method, req.path)
        context: RouteContext[Any] = RouteContext(self, entry, slots, parts, allowed, env, ctx)
        try:
            return entry.checked(await entry.call(req, context))
        except Exception as error:
            handler = entry.error_handler(error)
            if handler is None:
                raise
            return checked(await awaited(handler)(req, context, error), "a handler", handler)

    def use(self, *middleware: Middleware) -> Self:
        """Put middleware around every answer of this router, 404 and 405 included.

        The first is the outermost. `async def mw(req, ctx, next)` answers by itself or returns
        `await next(req, ctx)`; the route is already known, so that `ctx.param` works. A plain `def`
        returns `next(req, ctx)`, or waits for it with `run_sync`.

        Raises:
            TypeError: one of them does not take `(req, ctx, next)`.
        """
        self._check_open()
        for each in middleware:
            check(each, "req, ctx, next")
        self.middleware.extend(middleware)
        return self

    def mount(self, prefix: str, router: Router[Any], *, name: str | None = None) -> Self:
        """Put another router's routes below a prefix.

        They keep their router's middleware (inside this one's), data, error handlers, 404 and
        405. The route `/` of the other becomes the prefix itself. Matching costs the same as if
        the routes had been registered here.

        Args:
            prefix: a pattern without a wildcard; its parameters are given to the handlers.
            router: the other router, which is frozen by this.
            name: put before the names of its routes, as in `name:route`.

        Raises:
            RouteInsertError: the prefix is wrong, or a route conflicts with one that is here.
        """
        self._check_open()
        if router is self:
            raise ValueError("a router cannot be mounted in itself")
        base = parse(prefix)
        if base.tail is not None:
            raise RouteInsertError(
                f"failed to mount a router at {prefix}: a prefix has no wildcard", pattern=prefix
            )
        router._frozen = True
        for entry in router._entries:
            route = entry.route
            if route is not None:
                full = f"{name}:{route.name}" if name and route.name else route.name
                moved = Route(route.methods, route.pattern.under(base), route.handler, full)
                self._insert(entry.under(self, moved), moved)
        self._tables.add_mount(base, router._tables)
        return self

    def url_for(self, name: str, /, **params: object) -> str:
        """The path of a named route, its parameters percent-encoded.

        Raises:
            RouteNameError: no route has that name, or the parameters do not fill its pattern.
        """
        pattern = self._named.get(name)
        if pattern is None:
            raise RouteNameError(f"no route is named {name!r}")
        return pattern.build(params)

    def not_found[H: Handler[Any]](self, handler: H) -> H:
        """Answer paths that no route matches with `handler(req, ctx)`; also a decorator."""
        return self._set_handler("not_found", handler)

    def method_not_allowed[H: Handler[Any]](self, handler: H) -> H:
        """Answer paths that have other methods only; `ctx.allowed` names them. A decorator too."""
        return self._set_handler("method_not_allowed", handler)

    def exception_handler[H: ErrorHandler](self, *kinds: type[Exception]) -> Callable[[H], H]:
        """Decorate `handler(req, ctx, error)`, which answers exceptions of these classes.

        Subclasses too, but for the client's mistakes, which the router answers with 422 or 400:
        `ValidationError`, and `JsonError` and `FormDataError` of a request's body. A handler of
        `Exception` does not see them; to answer them, name their own class.
        """
        self._check_open()

        def decorate(handler: H) -> H:
            check(handler, "req, ctx, error")
            self.error_handlers.update(dict.fromkeys(kinds, handler))
            return handler

        return decorate

    def route(self, *methods: str) -> Registrar[D]:
        """Register for other methods, in the manner of `get`: `router.route("PROPFIND")(…)`."""
        if not methods:
            raise ValueError("name at least one method")
        return Registrar(self, tuple(Method.of(method) for method in methods))

    def _set_handler[H: Handler[Any]](self, what: str, handler: H) -> H:
        self._check_open()
        check(handler, HANDLER)
        self.handlers[what] = handler
        return handler

    def _add(
        self, methods: tuple[str, ...], text: str, handler: Handler[Any], name: str | None
    ) -> Self:
        self._check_open()
        route = Route(methods, parse(text), handler, name)
        self._insert(Entry(handler, (self,), route), route)
        return self

    def _insert(self, entry: Entry, route: Route) -> None:
        if route.name is not None and route.name in self._named:
            taken = self._named[route.name].text
            raise _conflict(route, "", f"the name {route.name!r} is taken by {taken}", taken)
        for method in route.methods or ("",):
            try:
                self._tables.insert(method, route.pattern, entry)
            except Conflict as conflict:
                other = conflict.pattern.text
                why = f"it matches the same paths as the registered route {other}"
                raise _conflict(route, method, why, other) from None
        if route.name is not None:
            self._named[route.name] = route.pattern
        self._entries.append(entry)

    def _check_open(self) -> None:
        if self._frozen:
            raise RouterFrozenError("the router has run or is mounted, and cannot be changed")


def _conflict(route: Route, method: str, why: str, other: str) -> RouteInsertError:
    text = route.pattern.text
    of_method = f"{method.capitalize()} " if method else ""
    return RouteInsertError(
        f"failed to register {of_method}route for {text} pattern: {why}",
        pattern=text,
        conflicts_with=other,
    )
