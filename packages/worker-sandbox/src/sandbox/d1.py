"""D1: statements, batches, sessions, and rows with a type."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from worker import D1Database, D1Error, DecodeError, Request, Response, RouteContext, Router
from worker.d1 import D1SessionConstraint

__all__ = ["routes"]

type Unsigned = Annotated[int, Field(ge=0, lt=2**32)]

INSERT = "INSERT INTO nullable_people (id, name, age) VALUES (?1, ?2, ?3)"


@dataclass(frozen=True, slots=True)
class Person:
    """A row of `people`."""

    id: Unsigned
    name: str
    age: Unsigned


@dataclass(frozen=True, slots=True)
class NullablePerson:
    """A row of `nullable_people`."""

    id: Unsigned
    name: str | None = None
    age: Unsigned | None = None


RYAN = Person(6, "Ryan Upton", 21)


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.post("/d1/exec", run)
    router.get("/d1/dump", dump)
    for check in (
        prepared,
        batch,
        session_prepare_and_batch,
        session_bookmark_roundtrip,
        jsvalue_null_is_null,
        serialize_optional_none,
        serialize_optional_some,
        deserialize_optional_none,
        insert_and_retrieve_optional_none,
        insert_and_retrieve_optional_some,
        retrieve_optional_none,
        retrieve_optional_some,
        retrive_first_none,
        deserialize_with_type_mismatch,
    ):
        router.get(f"/d1/{check.__name__}", _answering(check, "ok"))
    router.get("/d1/error", _answering(error, ""))


def _answering(check: Any, body: str) -> Any:
    @functools.wraps(check)
    async def handler(req: Request, ctx: RouteContext[Any]) -> Response:
        await check(ctx.d1("DB"))
        return Response.ok(body)

    return handler


async def run(req: Request, ctx: RouteContext[Any]) -> Response:
    """Run the statements in the body, one a line."""
    done = await ctx.d1("DB").exec(await req.text())
    return Response.ok(str(done.count))


async def dump(req: Request, ctx: RouteContext[Any]) -> Response:
    """The whole database, where the platform gives it."""
    return Response.from_bytes(await ctx.d1("DB").dump())


async def prepared(db: D1Database) -> None:
    """One statement, bound again and again, in every shape of answer."""
    statement = db.prepare("SELECT * FROM people WHERE name = ?")
    ryan = statement.bind("Ryan Upton")
    result = await ryan.all(Person)
    assert result.success
    assert result.rows == (RYAN,)
    assert await ryan.first(Person) == RYAN
    assert await ryan.first(str, column="name") == "Ryan Upton"
    assert await ryan.raw() == [(6, "Ryan Upton", 21)]
    assert await ryan.raw(column_names=True) == (("id", "name", "age"), [(6, "Ryan Upton", 21)])
    john = await statement.batch_bind([["John Smith"]])[0].first(Person)
    assert john is not None
    assert john.age == 92
    dorian = await db.query("SELECT * FROM people WHERE name = ?", "Dorian Fischer").first(Person)
    assert dorian is not None
    assert dorian.age == 19


async def batch(db: D1Database) -> None:
    """Two statements in one call."""
    low, high = await db.batch(
        [
            db.prepare("SELECT * FROM people WHERE id < 4"),
            db.prepare("SELECT * FROM people WHERE id > 4"),
        ],
        Person,
    )
    assert [person.id for person in low] == [1, 2, 3]
    assert [person.id for person in high] == [5, 6]


async def session_prepare_and_batch(db: D1Database) -> None:
    """Queries and batches in sessions."""
    session = db.with_session()
    assert session.bookmark() is None
    assert await session.query("SELECT * FROM people WHERE id = ?", 6).first(Person) == RYAN
    primary = db.with_session(D1SessionConstraint.FIRST_PRIMARY)
    low, high = await primary.batch(
        [
            primary.prepare("SELECT * FROM people WHERE id < 3"),
            primary.prepare("SELECT * FROM people WHERE id > 5"),
        ],
        Person,
    )
    assert [person.id for person in low] == [1, 2]
    assert [person.id for person in high] == [6]


async def session_bookmark_roundtrip(db: D1Database) -> None:
    """A session goes on where another one stood."""
    by_id = "SELECT * FROM people WHERE id = ?"
    session = db.with_session(D1SessionConstraint.FIRST_UNCONSTRAINED)
    first = await session.query(by_id, 1).first(Person)
    assert first is not None
    assert first.id == 1
    bookmark = session.bookmark()
    assert bookmark != ""
    following = db.with_session(bookmark or D1SessionConstraint.FIRST_PRIMARY)
    john = await following.query(by_id, 4).first(Person)
    assert john is not None
    assert john.name == "John Smith"


async def error(db: D1Database) -> None:
    """SQLite's own words stand in the cause of the error."""
    try:
        await db.exec("THIS IS NOT VALID SQL")
    except D1Error as refused:
        message = getattr(refused.__cause__, "message", "")
        assert message == (
            "Error in line 1: THIS IS NOT VALID SQL: "
            'near "THIS": syntax error at offset 0: SQLITE_ERROR'
        ), message
    else:
        raise AssertionError("the statement was taken")


async def jsvalue_null_is_null(db: D1Database) -> None:
    """None crosses as JavaScript's null: D1 refuses undefined, and SQLite sees NULL."""
    assert await db.query("SELECT typeof(?) AS kind", None).first(column="kind") == "null"


async def serialize_optional_none(db: D1Database) -> None:
    """An optional text that is absent is null, not undefined."""
    absent: str | None = None
    assert await db.query("SELECT typeof(?) AS kind", absent).first(column="kind") == "null"


async def serialize_optional_some(db: D1Database) -> None:
    """One that is there is text."""
    present: str | None = "Hello"
    assert await db.query("SELECT typeof(?) AS kind", present).first(column="kind") == "text"


async def deserialize_optional_none(db: D1Database) -> None:
    """NULL columns are None in a typed row."""
    row = db.query("SELECT 1 AS id, NULL AS name, NULL AS age")
    assert await row.first(NullablePerson) == NullablePerson(1)


async def insert_and_retrieve_optional_none(db: D1Database) -> None:
    """None goes in and comes out; awaiting a statement runs it."""
    await db.query(INSERT, 3, None, None)
    assert await _nullable(db, 3) == NullablePerson(3)


async def insert_and_retrieve_optional_some(db: D1Database) -> None:
    """So do values."""
    await db.query(INSERT, 4, "Dude", 12).run()
    assert await _nullable(db, 4) == NullablePerson(4, "Dude", 12)


async def retrieve_optional_none(db: D1Database) -> None:
    """A row of NULLs."""
    assert await _nullable(db, 1) == NullablePerson(1)


async def retrieve_optional_some(db: D1Database) -> None:
    """A row of values."""
    assert await _nullable(db, 2) == NullablePerson(2, "Wynne Ogley", 67)


async def retrive_first_none(db: D1Database) -> None:
    """No row is None. The route's name is the contract's."""
    assert await _nullable(db, 9999) is None


async def deserialize_with_type_mismatch(db: D1Database) -> None:
    """A row of another type is an error that says where."""
    result = await db.prepare("SELECT 'hello' AS id")
    try:
        result.results(NullablePerson)
    except DecodeError as mismatch:
        text = str(mismatch)
        assert text.startswith("invalid type: str, expected "), text
        assert text.endswith(" at $.id"), text
    else:
        raise AssertionError("text was taken for a number")


async def _nullable(db: D1Database, number: int) -> NullablePerson | None:
    return await db.query("SELECT * FROM nullable_people WHERE id = ?", number).first(
        NullablePerson
    )
