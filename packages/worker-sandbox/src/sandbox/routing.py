"""Routing beyond the basics: names, links, HEAD and OPTIONS, errors of one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from worker import Request, Response, RouteContext, Router

books: Router[str] = Router(data="books")
"""A router for a part of the site, with data of its own."""


@books.get("/", name="list")
def list_books(req: Request, ctx: RouteContext[str]) -> Response:
    """Links are made from names, wherever the router is mounted."""
    first = ctx.url_for("shelf:book", number=1)
    file = ctx.url_for("shelf:file", path="a b/c.txt")
    return Response.from_json({"data": ctx.data, "links": [first, file]})


@books.get("/{number:int}", name="book")
def book(req: Request, ctx: RouteContext[str]) -> Response:
    """Only numbers come here: `{number:int}` that does not parse is no match."""
    return Response.from_json({"number": ctx.param("number", int)})


@books.get("/{id:uuid}")
def by_id(req: Request, ctx: RouteContext[str]) -> Response:
    """A UUID is another route."""
    return Response.from_json({"id": ctx.param("id", UUID)})


@books.get("/files/*path", name="file")
def file(req: Request, ctx: RouteContext[str]) -> Response:
    """The rest of the path, decoded."""
    return Response.from_json({"path": ctx.param("path")})


@books.get("/fails")
def fails(req: Request, ctx: RouteContext[str]) -> Response:
    """What it raises has an answer in this router alone."""
    raise LookupError("no such book")


@books.exception_handler(LookupError)
def missing(req: Request, ctx: RouteContext[str], error: LookupError) -> Response:
    """The answer to an exception."""
    return Response.error(str(error.args[0]), 404)


@books.not_found
def nothing_here(req: Request, ctx: RouteContext[str]) -> Response:
    """404 below the prefix."""
    return Response.error(f"nothing among the {ctx.data}", 404)


@books.method_not_allowed
def not_so(req: Request, ctx: RouteContext[str]) -> Response:
    """405 below the prefix."""
    return Response.error(f"only {', '.join(ctx.allowed)}", 405)


site: Router[Any] = Router(auto_head=True, auto_options=True)
"""The opt-in answers to HEAD and OPTIONS are those of the router that runs."""
site.mount("/routing/books", books, name="shelf")


async def serve(req: Request, ctx: RouteContext[Any]) -> Response:
    """A router may run inside another."""
    return await site.run(req, ctx.env, ctx.context)


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.on("/routing/*rest", serve)
