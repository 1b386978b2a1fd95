"""Cookies: read, set, removed, and signed so that nobody can make one up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from worker import Cookie, CookieSigner, Request, Response, RouteContext, Router

NAME: Final = "visitor"


def signer(ctx: RouteContext[Any]) -> CookieSigner:
    """The key is a secret of the worker."""
    return CookieSigner(ctx.secret("SOME_SECRET").rjust(16, "-"))


async def read(req: Request, ctx: RouteContext[Any]) -> Response:
    """Every cookie of the request, and who the signed one says it is."""
    visitor = signer(ctx).verify(NAME, req.cookies.get(NAME))
    return Response.from_json({"visitor": visitor, "cookies": dict(req.cookies)})


async def login(req: Request, ctx: RouteContext[Any]) -> Response:
    """Set two cookies; the browser sends them back."""
    name = await req.text()
    answer = Response.ok(f"welcome, {name}")
    signed = Cookie(
        NAME,
        signer(ctx).sign(NAME, name),
        max_age=timedelta(days=1),
        http_only=True,
        secure=True,
        same_site="Lax",
    )
    return answer.with_cookie(signed).with_cookie(Cookie("theme", "dark"))


async def logout(req: Request, ctx: RouteContext[Any]) -> Response:
    """Remove it."""
    return Response.ok("bye").with_cookie(Cookie.removal(NAME))


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/cookies", read)
    router.post("/cookies", login)
    router.delete("/cookies", logout)
