"""The SQLite database of a Durable Object.

Statements run at once, without waiting: the database lives where the object does.

Source: workers-rs `sql.rs`; https://developers.cloudflare.com/durable-objects/api/sql-storage/
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Self, cast, final, overload

from worker_sys import calls, convert

from worker._handle import Handle
from worker.errors import ConversionError, DurableObjectError, IntegerRangeError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["SqlCursor", "SqlStorage", "SqlValue"]

type SqlValue = str | int | float | bytes | None
"""What a column holds: TEXT, INTEGER, REAL, BLOB or NULL. A parameter may also be a bool."""

_SAFE: Final = 2**53 - 1


@final
class SqlStorage(Handle):
    """The database of one object: `state.storage.sql`.

    The class must be in `new_sqlite_classes` of a migration.
    """

    __slots__ = ()

    def exec(self, query: str, *parameters: SqlValue | bytearray | memoryview) -> SqlCursor:
        """Run one or more statements.

        Args:
            query: SQL. Several statements are separated by `;`; parameters and result belong to
                the last one.
            parameters: the values of `?`, in order. `True` and `False` are stored as 1 and 0.

        Returns:
            The rows, read as they are asked for.

        Raises:
            IntegerRangeError: an int beyond ±(2^53 - 1), which the platform would round: store it
                as text.
            ConversionError: a value that SQLite has no type for.
            JsError: SQLite refused the statement; the message is its own.

        Source: workers-rs `SqlStorage::{exec, exec_raw}`
        """
        return SqlCursor._from_js(calls.call(self.js, "exec", query, *map(_parameter, parameters)))

    @property
    def database_size(self) -> int:
        """The size of the database in bytes.

        Source: workers-rs `SqlStorage::database_size`
        """
        return int(self.js.databaseSize)


def _parameter(value: object) -> Any:
    """A value as SQLite's binding takes it: it knows numbers, text, bytes and null."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int) and abs(value) > _SAFE:
        error = IntegerRangeError(f"{value} is beyond ±(2^53 - 1) and would be rounded")
        error.add_note("Store it as text: str(value), and int(row[...]) when reading.")
        raise error
    if isinstance(value, float) and math.isnan(value):
        return None
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    if isinstance(value, bytearray | memoryview):
        return bytes(cast("bytearray", value))
    error = ConversionError(f"SQLite has no type for {type(value).__name__}")
    error.add_note("Bind a str, int, float, bool, bytes or None.")
    raise error


@final
class SqlCursor(Handle):
    """The rows of one statement, and an iterator over them as dicts.

    Each row is read once: iterating, `to_array`, `one`, `rows` and `raw` all go on where the last
    stopped. Read a cursor before the next `await`.

    Source: workers-rs `SqlCursor`
    """

    __slots__ = ()

    def __iter__(self) -> Self:
        """The cursor itself: `for row in sql.exec("SELECT …")`."""
        return self

    def __next__(self) -> dict[str, SqlValue]:
        """The next row by column name. Of columns with the same name the last one counts."""
        step = calls.call(self.js, "next")
        if step.done:
            raise StopIteration
        return convert.to_py(step.value)

    @overload
    def to_array(self) -> list[dict[str, SqlValue]]: ...
    @overload
    def to_array[T](self, type: TypeForm[T]) -> list[T]: ...
    def to_array(self, type: Any = None) -> list[Any]:
        """Every row that is left.

        Args:
            type: what each row is; without it, a dict.

        Raises:
            DecodeError: a row is not of that type.

        Source: workers-rs `SqlCursor::to_array`
        """
        rows = convert.to_py(calls.call(self.js, "toArray"))
        return rows if type is None else convert.decode(rows, list[type])

    @overload
    def one(self) -> dict[str, SqlValue]: ...
    @overload
    def one[T](self, type: TypeForm[T]) -> T: ...
    def one(self, type: Any = None) -> Any:
        """The only row.

        Args:
            type: what the row is; without it, a dict.

        Raises:
            DurableObjectError: there is no row, or more than one.
            DecodeError: the row is not of that type.

        Source: workers-rs `SqlCursor::one`
        """
        rows = self.to_array() if type is None else self.to_array(type)
        if len(rows) != 1:
            raise DurableObjectError(f"expected exactly one row, got {len(rows)}")
        return rows[0]

    def rows[T](self, type: TypeForm[T]) -> Iterator[T]:
        """The rows that are left, each decoded as `type` when it is reached.

        Raises:
            DecodeError: (by `next`) this row is not of that type; the iteration may go on with
                the next one.

        Source: workers-rs `SqlCursor::next`
        """
        # Not a generator, which would end at the first row that does not fit.
        return map(lambda row: convert.decode(row, type), self)  # noqa: C417

    def raw(self) -> Iterator[tuple[SqlValue, ...]]:
        """The rows that are left as tuples, in the order of `column_names`.

        Source: workers-rs `SqlCursor::raw`
        """
        rows = calls.call(self.js, "raw")
        while not (step := calls.call(rows, "next")).done:
            yield tuple(convert.to_py(step.value))

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in order.

        Source: workers-rs `SqlCursor::column_names`
        """
        return convert.to_py(self.js.columnNames)

    @property
    def rows_read(self) -> int:
        """How many rows SQLite has read so far for this statement: what is billed.

        Source: workers-rs `SqlCursor::rows_read`
        """
        return int(self.js.rowsRead)

    @property
    def rows_written(self) -> int:
        """How many rows SQLite has written so far for this statement: what is billed.

        Source: workers-rs `SqlCursor::rows_written`
        """
        return int(self.js.rowsWritten)
