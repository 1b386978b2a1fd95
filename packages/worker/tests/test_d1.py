"""Parameters, columns, and the driver's reading of statements and errors."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from uuid import UUID

import pytest
from worker.d1 import D1Database, D1Meta
from worker.d1._dbapi_errors import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    kind_of,
)
from worker.d1.dbapi import Connection, NotSupportedError, apilevel, only_reads, paramstyle
from worker.d1.values import column, parameter, row
from worker.errors import ConversionError, IntegerRangeError


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**53 - 1, 2**53 - 1),
        (1.5, 1.5),
        ("text", "text"),
        (b"\x00\xff", b"\x00\xff"),
        (bytearray(b"ab"), b"ab"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (time(3, 4), "03:04:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Decimal("1.10"), "1.10"),
        (Colour.RED, "red"),
        (Level.LOW, 1),
    ],
)
def test_a_python_value_has_one_sqlite_form(value, stored):
    assert parameter(value) == stored


@pytest.mark.parametrize("value", [2**53, -(2**53)])
def test_an_integer_that_would_be_rounded_is_refused(value: int):
    with pytest.raises(IntegerRangeError, match="parameter 3"):
        parameter(value, 3)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1], {"a": 1}, object()])
def test_what_sqlite_cannot_store_is_refused(value):
    with pytest.raises(ConversionError):
        parameter(value)


def test_a_blob_comes_back_as_bytes():
    assert column([0, 255]) == b"\x00\xff"
    assert row({"data": [1], "name": "x", "none": None}) == {
        "data": b"\x01",
        "name": "x",
        "none": None,
    }


def test_meta_keeps_what_it_does_not_name():
    meta = D1Meta._of({"duration": 0.5, "timings": {"sql_duration_ms": 0.2}, "new_field": 1})
    assert (meta.duration, meta.sql_duration, meta.other) == (0.5, 0.2, {"new_field": 1})
    assert meta.changes is None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "  select * from t where note = 'DELETE me'",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "PRAGMA table_info(t)",
        "VALUES (1), (2)",
        'SELECT "update" FROM t -- INSERT',
        "/* INSERT */ SELECT 1",
    ],
)
def test_a_query_is_known_by_its_words(sql: str):
    assert only_reads(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (1) RETURNING id",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
        "UPDATE t SET a = 1",
        "CREATE TABLE t (a)",
    ],
)
def test_so_is_a_statement_that_writes(sql: str):
    assert not only_reads(sql)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("D1_ERROR: UNIQUE constraint failed: t.id: SQLITE_CONSTRAINT", IntegrityError),
        ('D1_ERROR: near "X": syntax error at offset 0: SQLITE_ERROR', OperationalError),
        ("D1_ERROR: Wrong number of parameter bindings for SQL query.", ProgrammingError),
        ("D1_ERROR: Network connection lost.", DatabaseError),
    ],
)
def test_an_error_of_d1_is_the_exception_that_pep_249_has_for_it(message: str, kind: type):
    assert kind_of(message) is kind


def test_the_driver_says_what_it_is():
    assert (apilevel, paramstyle) == ("2.0", "qmark")
    assert issubclass(Connection.IntegrityError, Connection.DatabaseError)


def test_a_rollback_is_refused_rather_than_pretended():
    connection = Connection(None)  # pyright: ignore[reportArgumentType]
    connection.commit()
    with pytest.raises(NotSupportedError):
        connection.rollback()
    connection.close()
    with pytest.raises(Connection.InterfaceError):
        connection.cursor()


@pytest.mark.parametrize("statement", ["SELECT 1", None])
def test_a_batch_is_of_statements(statement):
    with pytest.raises(TypeError, match="a batch is of statements"):
        D1Database._from_js(None).batch([statement]).send(None)
