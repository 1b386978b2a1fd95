"""Routing: `Router`, `RouteContext`, and the types of handlers and middleware."""

from worker.router.context import RouteContext
from worker.router.entry import Route
from worker.router.router import Router
from worker.router.types import ErrorHandler, Handler, Middleware, Next

__all__ = [
    "ErrorHandler",
    "Handler",
    "Middleware",
    "Next",
    "Route",
    "RouteContext",
    "Router",
]
