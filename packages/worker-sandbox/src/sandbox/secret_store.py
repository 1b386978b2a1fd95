"""Secrets of the account."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/get-from-secret-store", get)
    router.get("/get-from-secret-store-missing", get_missing)


async def get(req: Request, ctx: RouteContext[Any]) -> Response:
    """A secret that exists."""
    value = await ctx.secret_store("SECRETS").get()
    return Response.error("Secret not found", 404) if value is None else Response.ok(value)


async def get_missing(req: Request, ctx: RouteContext[Any]) -> Response:
    """One that does not: the platform answers null or throws."""
    value = await ctx.secret_store("MISSING_SECRET").get()
    return Response.error("Secret not found", 500) if value is None else Response.ok(value)
