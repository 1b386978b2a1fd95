"""D1 beyond the contract: every kind of parameter, errors, batches, and the DB-API driver."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from worker import D1Error, IntegerRangeError, Request, Response, RouteContext, Router, run_blocking
from worker.d1 import D1Database, dbapi

__all__ = ["routes"]


class Colour(Enum):
    """An enum is stored as its value."""

    RED = "red"


@dataclass(frozen=True, slots=True)
class Kinds:
    """One column of each kind."""

    missing: None
    flag: bool
    whole: int
    real: float
    blob: bytes
    moment: datetime
    day: date
    id: UUID
    price: Decimal
    colour: Colour


EXAMPLE = Kinds(
    None,
    True,
    2**53 - 1,
    1.5,
    b"\x00\xff",
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    date(2026, 1, 2),
    UUID(int=7),
    Decimal("1.10"),
    Colour.RED,
)


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/d1-values/kinds", kinds)
    router.get("/d1-values/errors", errors)
    router.get("/d1-values/batch", batch)
    router.get("/d1-values/meta", meta)
    router.get("/d1-values/dbapi", through_dbapi)


async def kinds(req: Request, ctx: RouteContext[Any]) -> Response:
    """Python values go in, and come back as what they were."""
    names = list(Kinds.__dataclass_fields__)
    columns = ", ".join(f"? AS {name}" for name in names)
    statement = ctx.d1("DB").query(
        f"SELECT {columns}",
        *(getattr(EXAMPLE, name) for name in names),
    )
    assert await statement.first(Kinds) == EXAMPLE
    found = await statement.first()
    assert found is not None
    assert (found["blob"], found["price"], found["flag"]) == (b"\x00\xff", "1.10", 1)
    try:
        ctx.d1("DB").query("SELECT ?", 2**53)
    except IntegerRangeError:
        return Response.ok("ok")
    raise AssertionError("the integer was rounded")


async def errors(req: Request, ctx: RouteContext[Any]) -> Response:
    """Every way of running a statement raises D1Error."""
    db = ctx.d1("DB")
    wrong = db.prepare("SELECT * FROM absent")
    for run in (wrong.all, wrong.run, wrong.first, wrong.raw, lambda: db.batch([wrong])):
        try:
            await run()
        except D1Error as error:
            refusal = error.message
        else:
            raise AssertionError("the statement was taken")
        assert "no such table: absent" in refusal, refusal
    return Response.ok("ok")


async def batch(req: Request, ctx: RouteContext[Any]) -> Response:
    """A batch happens as a whole or not at all."""
    db = ctx.d1("DB")
    await db.exec("CREATE TABLE IF NOT EXISTS batched (id INTEGER PRIMARY KEY)")
    insert = db.prepare("INSERT INTO batched (id) VALUES (?)")
    refusal = ""
    try:
        await db.batch(insert.batch_bind([[1], [2], [1]]))
    except D1Error as error:
        refusal = error.message
    assert "UNIQUE" in refusal, refusal
    assert await db.query("SELECT count(*) AS n FROM batched").first(int, column="n") == 0
    assert await db.batch([]) == []
    return Response.ok("ok")


async def meta(req: Request, ctx: RouteContext[Any]) -> Response:
    """What a statement did and cost."""
    db = ctx.d1("DB")
    await db.exec("CREATE TABLE IF NOT EXISTS counted (id INTEGER PRIMARY KEY, name TEXT)")
    done = await db.query("INSERT INTO counted (name) VALUES (?), (?) RETURNING id", "a", "b")
    assert (done.meta.changes, done.meta.last_row_id, done.meta.changed_db) == (2, 2, True)
    assert done.rows == ({"id": 1}, {"id": 2})
    assert done.meta.duration is not None
    return Response.ok("ok")


async def through_dbapi(req: Request, ctx: RouteContext[Any]) -> Response:
    """A plain function waits for D1 as if it were any other database."""
    return Response.ok(await run_blocking(_use, ctx.d1("DB"), "plain"))


def _use(database: D1Database, table: str) -> str:
    with dbapi.connect(database) as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY, name TEXT)")
        cursor.executemany(f"INSERT INTO {table} (name) VALUES (?)", [("a",), ("b",), ("c",)])  # noqa: S608
        assert cursor.rowcount == 3
        cursor.execute(f"INSERT INTO {table} (name) VALUES (?) RETURNING id", ["d"])  # noqa: S608
        assert cursor.fetchone() == (4,)
        assert cursor.lastrowid == 4
        connection.commit()
        cursor.execute(f"SELECT name, id FROM {table} WHERE id > ? ORDER BY id", (1,))  # noqa: S608
        assert cursor.description is not None
        assert [column[0] for column in cursor.description] == ["name", "id"]
        assert cursor.fetchmany(2) == [("b", 2), ("c", 3)]
        assert list(cursor) == [("d", 4)]
        cursor.execute(f"SELECT id, id FROM {table} WHERE 0")  # noqa: S608
        assert cursor.description is not None
        assert len(cursor.description) == 2
        try:
            cursor.execute(f"INSERT INTO {table} (id) VALUES (1)")  # noqa: S608
        except dbapi.IntegrityError as error:
            cause = error.__cause__
        else:
            raise AssertionError("one id, two rows")
        assert isinstance(cause, D1Error)
    return "ok"
