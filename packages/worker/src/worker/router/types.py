"""What a router is given: handlers, middleware, and what they return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from worker.request import Request
    from worker.response import Response
    from worker.router.context import RouteContext

    # With a default, `RouteContext` without brackets is a complete annotation.
    D = TypeVar("D", default=Any)
else:
    # The default needs 3.13, and only type checkers look at it.
    from typing import TypeVar

    D = TypeVar("D")

__all__ = ["Answer", "D", "ErrorHandler", "Handler", "Middleware", "Next"]

type Answer = Response | Awaitable[Response]
"""A response now, or one to wait for."""

type Handler[S] = Callable[[Request, RouteContext[S]], Answer]
"""Answers a request: a function or a coroutine function of the request and its route's context."""

type Next = Callable[[Request, RouteContext[Any]], Awaitable[Response]]
"""What follows a middleware: the next one, or the handler."""

type Middleware = Callable[[Request, RouteContext[Any], Next], Answer]
"""Stands around handlers: answers, or awaits `next(req, ctx)` and may change the response."""

type ErrorHandler = Callable[[Request, RouteContext[Any], Any], Answer]
"""Answers an exception that a handler or a middleware raised."""
