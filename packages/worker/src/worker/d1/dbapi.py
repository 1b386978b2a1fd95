"""A DB-API 2.0 (PEP 249) driver over D1, for synchronous code.

It waits with `worker.run_sync`, so it works where that does: in plain `def` handlers, in functions
given to `run_blocking`, and below WSGI applications.

D1 commits every statement by itself and has no transactions over several calls: `commit` has
nothing to do, and `rollback` is refused rather than pretended. `executemany` is one batch, which
happens as a whole or not at all.

Source: https://peps.python.org/pep-0249/
"""

from __future__ import annotations

import re
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from types import TracebackType
from typing import Any, Final, Self, final

from worker_sys import aio

from worker.d1._dbapi_errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004  PEP 249's name
    translated,
)
from worker.d1.database import D1Database, D1DatabaseSession
from worker.d1.result import D1Meta

__all__ = [
    "BINARY",
    "DATETIME",
    "NUMBER",
    "ROWID",
    "STRING",
    "Binary",
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Date",
    "DateFromTicks",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "Warning",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]

apilevel: Final = "2.0"
threadsafety: Final = 1
paramstyle: Final = "qmark"

# SQLite has no column types to speak of: PEP 249's type objects compare equal to nothing here.
STRING: Final = str
BINARY: Final = bytes
NUMBER: Final = float
DATETIME: Final = datetime
ROWID: Final = int

Binary = bytes
Date = date
Time = time
Timestamp = datetime


def DateFromTicks(ticks: float) -> date:  # noqa: N802  PEP 249's name
    """The day, in UTC, of a number of seconds since 1970."""
    return datetime.fromtimestamp(ticks, UTC).date()


def TimeFromTicks(ticks: float) -> time:  # noqa: N802  PEP 249's name
    """The time of day, in UTC, of a number of seconds since 1970."""
    return datetime.fromtimestamp(ticks, UTC).time()


def TimestampFromTicks(ticks: float) -> datetime:  # noqa: N802  PEP 249's name
    """The moment, in UTC, of a number of seconds since 1970."""
    return datetime.fromtimestamp(ticks, UTC)


def connect(database: D1Database | D1DatabaseSession) -> Connection:
    """A connection to a D1 database, or to a session of one.

    Args:
        database: `env.d1("DB")`, or `env.d1("DB").with_session()`.
    """
    return Connection(database)


@final
class Connection:
    """A connection: nothing but the database and whether it was closed.

    Used with `with`, it is closed at the end; there is no transaction to commit.
    """

    __slots__ = ("_closed", "database")

    Warning = Warning
    Error = Error
    InterfaceError = InterfaceError
    DatabaseError = DatabaseError
    DataError = DataError
    OperationalError = OperationalError
    IntegrityError = IntegrityError
    InternalError = InternalError
    ProgrammingError = ProgrammingError
    NotSupportedError = NotSupportedError

    autocommit: Final = True

    def __init__(self, database: D1Database | D1DatabaseSession) -> None:
        self.database = database
        self._closed = False

    def cursor(self) -> Cursor:
        """A new cursor.

        Raises:
            InterfaceError: the connection is closed.
        """
        self._open()
        return Cursor(self)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        """`cursor().execute(…)`, as `sqlite3` has it."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        """`cursor().executemany(…)`, as `sqlite3` has it."""
        return self.cursor().executemany(sql, rows)

    def commit(self) -> None:
        """Do nothing: every statement was committed when it was run."""
        self._open()

    def rollback(self) -> None:
        """Refuse.

        Raises:
            NotSupportedError: always: every statement was committed when it was run.
        """
        self._open()
        raise NotSupportedError("D1 commits every statement: there is nothing to roll back to")

    def close(self) -> None:
        """Use the connection no more; the database itself stays as it is."""
        self._closed = True

    def _open(self) -> None:
        if self._closed:
            raise InterfaceError("the connection is closed")

    def __enter__(self) -> Self:
        """The connection."""
        self._open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


type _Column = tuple[str, None, None, None, None, None, None]

_LITERALS: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_READS: Final = re.compile(r"\s*(?:SELECT|VALUES|PRAGMA|EXPLAIN|WITH)\b", re.IGNORECASE)
_WRITES: Final = re.compile(r"\b(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


def only_reads(sql: str) -> bool:
    """Whether a statement gives rows and changes nothing, as far as its words tell."""
    words = _LITERALS.sub(" ", sql)
    return bool(_READS.match(words)) and not _WRITES.search(words)


def _wait[T](coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result; one that cannot be waited for here is not left behind."""
    try:
        return aio.run_sync(coroutine)
    finally:
        coroutine.close()


@final
class Cursor:
    """Runs statements and hands out their rows as tuples.

    All rows are there when `execute` returns; D1 does not send them piece by piece.

    Attributes:
        connection: where it came from.
        arraysize: how many rows `fetchmany` gives when it is not told.
        description: the columns of the last query, None when it gave none.
        rowcount: rows changed by the last statement, or found by the last query; -1 before.
        lastrowid: the rowid of the last INSERT, None before.
        meta: D1's own account of the last statement; None after a query.
    """

    __slots__ = (
        "_closed",
        "_next",
        "_rows",
        "arraysize",
        "connection",
        "description",
        "lastrowid",
        "meta",
        "rowcount",
    )

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.arraysize = 1
        self.lastrowid: int | None = None
        self._closed = False
        self._reset()

    def _reset(self) -> None:
        self.description: tuple[_Column, ...] | None = None
        self.rowcount = -1
        self.meta: D1Meta | None = None
        self._rows: list[tuple[Any, ...]] = []
        self._next = 0

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Run one statement.

        Args:
            sql: the statement, with `?` for each parameter.
            parameters: their values, in order.

        Returns:
            The cursor.

        Raises:
            DatabaseError: a subclass of it says what D1 refused; its cause is the `D1Error`.
            RunSyncError: this stack cannot wait.
        """
        self._open()
        self._reset()
        with translated():
            statement = self.connection.database.query(sql, *parameters)
            if only_reads(sql):
                names, self._rows = _wait(statement.raw(column_names=True))
                self._describe(names)
                self.rowcount = len(self._rows)
                return self
            result = _wait(statement.run())
        self._took(result.meta)
        if result.rows:
            # RETURNING: D1 gives these rows by column name only.
            self._describe(result.rows[0])
            self._rows = [tuple(values.values()) for values in result.rows]
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Self:
        """Run one statement for each row of parameters, all or none.

        Raises:
            DatabaseError: as `execute`.
        """
        self._open()
        self._reset()
        with translated():
            statements = self.connection.database.prepare(sql).batch_bind(rows)
            results = _wait(self.connection.database.batch(statements))
        if results:
            self._took(results[-1].meta)
        self.rowcount = sum(result.meta.changes or 0 for result in results)
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, None at the end."""
        self._open()
        if self._next >= len(self._rows):
            return None
        self._next += 1
        return self._rows[self._next - 1]

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """The next `size` rows, fewer at the end."""
        self._open()
        start = self._next
        self._next = min(len(self._rows), start + (self.arraysize if size is None else size))
        return self._rows[start : self._next]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        self._open()
        start, self._next = self._next, len(self._rows)
        return self._rows[start:]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """The rows that are left, one by one."""
        while (row := self.fetchone()) is not None:
            yield row

    def close(self) -> None:
        """Use the cursor no more."""
        self._closed = True
        self._rows = []

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Do nothing, as PEP 249 allows."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Do nothing, as PEP 249 allows."""

    def _open(self) -> None:
        if self._closed:
            raise InterfaceError("the cursor is closed")
        self.connection._open()

    def _describe(self, names: Iterable[str]) -> None:
        self.description = tuple((name, None, None, None, None, None, None) for name in names)

    def _took(self, meta: D1Meta) -> None:
        self.meta = meta
        self.rowcount = meta.changes if meta.changes is not None else -1
        if meta.last_row_id is not None:
            self.lastrowid = meta.last_row_id
