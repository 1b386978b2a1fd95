"""Variables, secrets, and the data that all handlers share."""

from __future__ import annotations

from typing import TypedDict

from worker import Request, Response, RouteContext, Router


class SomeObject(TypedDict):
    """A variable with a shape."""

    foo: int
    bar: str


async def secret(req: Request, ctx: RouteContext) -> Response:
    """A secret."""
    return Response.ok(ctx.secret("SOME_SECRET"))


async def var(req: Request, ctx: RouteContext) -> Response:
    """A variable."""
    return Response.ok(ctx.var("SOME_VARIABLE"))


async def object_var(req: Request, ctx: RouteContext) -> Response:
    """A variable that is a table in the wrangler file."""
    return Response.from_json(ctx.object_var("SOME_OBJECT_VARIABLE", SomeObject))


async def test_data(req: Request, ctx: RouteContext) -> Response:
    """What the router was made with."""
    if ctx.data.date.match("2014-01-01"):
        return Response.ok("data ok")
    return Response.error("bad match", 500)


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/secret", secret)
    router.get("/var", var)
    router.get("/object-var", object_var)
    router.get("/test-data", test_data)
    router.post("/nonsense-repeat", test_data)
