"""Bodies, queries and parameters as the types that are expected, checked by pydantic."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field
from worker import Request, Response, RouteContext, Router, ValidationError


class Guest(BaseModel):
    """Who comes, and with how many."""

    name: Annotated[str, Field(min_length=1)]
    seats: Annotated[int, Field(ge=1, le=8)] = 1


class Table(BaseModel):
    """What is asked for in the query."""

    day: date
    outside: bool = False


typed: Router[Any] = Router()


@typed.post("/:number")
async def book(req: Request, ctx: RouteContext[Any]) -> Response:
    """Three places, three types; what does not fit never gets past these lines."""
    guest = await req.json(Guest)
    table = req.query(Table)
    number = ctx.param("number", int)
    return Response.from_json({"table": number, "guest": guest, "on": table}, status=201)


@typed.exception_handler(ValidationError)
def refused(req: Request, ctx: RouteContext[Any], error: ValidationError) -> Response:
    """Every problem with its place; a router does so by itself, in words of its own."""
    problems = [f"{each.where} {each.at}: {each.message}" for each in error.problems]
    return Response.from_json(problems, status=422)


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.mount("/typed", typed)
