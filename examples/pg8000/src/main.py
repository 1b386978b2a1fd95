"""Books in PostgreSQL, by way of pg8000 and Hyperdrive."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from typing import Any

from pg8000.dbapi import Connection, DatabaseError, connect
from pydantic import BaseModel, Field
from worker import Context, Env, Request, Response, RouteContext, Router, event, run_blocking

SCHEMA = """
CREATE TABLE IF NOT EXISTS books (
    id SERIAL PRIMARY KEY,
    title TEXT NOT NULL UNIQUE,
    year INTEGER,
    price NUMERIC(8, 2),
    copies INTEGER NOT NULL DEFAULT 10 CHECK (copies >= 0),
    added TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""

router: Router[None] = Router()


class Book(BaseModel):
    """A book to add."""

    title: str
    year: int | None = None
    price: Decimal | None = None


class Order(BaseModel):
    """Copies to move from one book to another."""

    giving: int = Field(alias="from")
    taking: int = Field(alias="to")
    copies: int


async def in_database[T](env: Env, work: Callable[[Connection], T]) -> T:
    """Run `work` as one transaction: what it did is kept unless it raises."""

    def run() -> T:
        db = env.hyperdrive("DB")
        with closing(connect(db.user, db.host, db.database, db.port, db.password)) as connection:
            result = work(connection)
            connection.commit()
            return result

    return await run_blocking(run)


def rows(connection: Connection, sql: str, *parameters: object) -> list[dict[str, Any]]:
    """Every row of a query, by the names of its columns."""
    cursor = connection.cursor()
    cursor.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@router.put("/schema")
async def create(req: Request, ctx: RouteContext[None]) -> Response:
    """Make the table, if it is not there."""
    await in_database(ctx.env, lambda connection: connection.cursor().execute(SCHEMA))
    return Response.empty().with_status(204)


@router.post("/books")
async def add(req: Request, ctx: RouteContext[None]) -> Response:
    """Add a book; its title must be new."""
    book = await req.json(Book)
    sql = "INSERT INTO books (title, year, price) VALUES (%s, %s, %s) RETURNING id, added"
    values = (book.title, book.year, book.price)
    try:
        (made,) = await in_database(ctx.env, lambda connection: rows(connection, sql, *values))
    except DatabaseError as error:
        if error.args[0]["C"] != "23505":
            raise
        return Response.error("there is such a book", 409)
    return Response.from_json({"id": made["id"], "added": made["added"].isoformat()}, status=201)


@router.get("/books")
async def books(req: Request, ctx: RouteContext[None]) -> Response:
    """Books that appeared before a year, the oldest first."""
    before = int(req.query().get("before", "9999"))
    sql = "SELECT id, title, year, copies FROM books WHERE year < %s ORDER BY year, id"
    found = await in_database(ctx.env, lambda connection: rows(connection, sql, before))
    return Response.from_json(found)


@router.get("/books/{id:int}")
async def book(req: Request, ctx: RouteContext[None]) -> Response:
    """One book."""
    sql = "SELECT title, year, price, copies FROM books WHERE id = %s"
    id = ctx.param("id", int)
    found = await in_database(ctx.env, lambda connection: rows(connection, sql, id))
    if not found:
        return Response.error("no such book", 404)
    return Response.from_json({**found[0], "price": str(found[0]["price"])})


@router.post("/transfers")
async def transfer(req: Request, ctx: RouteContext[None]) -> Response:
    """Move copies from one book to another: both rows change, or none."""
    order = await req.json(Order)

    def move(connection: Connection) -> None:
        cursor = connection.cursor()
        change = "UPDATE books SET copies = copies + %s WHERE id = %s"
        cursor.execute(change, (order.copies, order.taking))
        cursor.execute(change, (-order.copies, order.giving))

    try:
        await in_database(ctx.env, move)
    except DatabaseError as error:
        return Response.error(error.args[0]["M"], 409)
    return Response.empty().with_status(204)


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    return await router.run(req, env, ctx)
