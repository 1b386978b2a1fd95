"""What type checkers infer for routers and their handlers; checked by pyright, never run."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_type
from uuid import UUID

from worker import Cors, Request, Response, RouteContext, Router
from worker.router import Next


class State:
    limit: int = 3


async def later(req: Request, ctx: RouteContext) -> Response:
    return Response.ok(ctx.param("id"))


def now(req: Request, ctx: RouteContext[State]) -> Response:
    assert_type(ctx.data, State)
    assert_type(ctx.param("id"), str)
    assert_type(ctx.param("id", int), int)
    assert_type(ctx.param("id", UUID), UUID)
    assert_type(ctx.param("ids", list[int]), list[int])
    assert_type(ctx.param("id", int | None), int | None)
    assert_type(ctx.params, dict[str, str])
    return Response.empty()


async def middleware(req: Request, ctx: RouteContext, next: Next) -> Response:
    return await next(req, ctx)


assert_type(Router(), Router[None])
assert_type(Router(data=State()), Router[State])
assert_type(Router(data=State()).get("/:id", now).post("/:id", later), Router[State])
assert_type(Router().use(middleware, Cors()).mount("/api", Router(data=State())), Router[None])

router = Router(data=State(), auto_head=True)


@router.get("/:id", name="now")
def decorated(req: Request, ctx: RouteContext[State]) -> Response:
    return Response.empty()


assert_type(
    decorated(Request("https://example.com/"), RouteContext.__new__(RouteContext[State])), Response
)


@router.not_found
def missing(req: Request, ctx: RouteContext) -> Response:
    return Response.error("gone", 410)


@router.exception_handler(KeyError)
async def failed(req: Request, ctx: RouteContext, error: KeyError) -> Response:
    return Response.error(str(error), 404)


def other(req: Request, ctx: RouteContext[int]) -> Response:
    return Response.empty()


router.get("/other", other)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
handlers: dict[str, Callable[[Request, RouteContext], Response]] = {"now": now}
