"""Prepared statements: bound, then run in the shape that the caller wants.

Source: workers-rs `D1PreparedStatement`;
https://developers.cloudflare.com/d1/worker-api/prepared-statements/
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any, Literal, final, overload

from worker_sys import calls, convert

from worker._blame import blame
from worker._handle import Handle
from worker.d1.result import D1Result
from worker.d1.values import D1Value, column, parameter, row
from worker.errors import D1Error

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["D1PreparedStatement"]


@final
class D1PreparedStatement(Handle):
    """A statement of SQLite's SQL, its parameters bound or not yet. It can be run many times.

    Awaiting it is `run()`. Only `?` and `?1` placeholders exist; D1 has no named ones.

    Source: workers-rs `D1PreparedStatement`;
    https://developers.cloudflare.com/d1/worker-api/prepared-statements/
    """

    __slots__ = ()

    def bind(self, *values: D1Value) -> D1PreparedStatement:
        """The same statement with parameters; this one is not changed.

        Args:
            values: one for each placeholder, in order; see `worker.d1.values.parameter`.

        Raises:
            IntegerRangeError: an integer that D1 would round.
            ConversionError: a value that SQLite cannot store.

        Source: workers-rs `D1PreparedStatement::{bind, bind_refs}`
        """
        bound = [parameter(value, position) for position, value in enumerate(values, 1)]
        with blame(D1Error):
            return D1PreparedStatement._from_js(calls.call(self.js, "bind", *bound))

    def batch_bind(self, rows: Iterable[Iterable[D1Value]]) -> list[D1PreparedStatement]:
        """The same statement once for each row of parameters, to give to `batch`.

        Source: workers-rs `D1PreparedStatement::batch_bind`
        """
        return [self.bind(*values) for values in rows]

    @overload
    async def first(self) -> dict[str, Any] | None: ...
    @overload
    async def first(self, *, column: str) -> Any: ...
    @overload
    async def first[T](self, type: TypeForm[T], *, column: str | None = None) -> T | None: ...
    async def first(self, type: Any = None, *, column: str | None = None) -> Any:
        """The first row, or one column of it.

        D1 finds every row of the query: add `LIMIT 1` to one that has many.

        Args:
            type: the type of the row (or of the column); a dict when not given.
            column: the name of the one column wanted.

        Returns:
            None when there is no row, or when that column is NULL.

        Raises:
            D1Error: SQLite refused the statement, or there is no such column.
            DecodeError: the row is not of that type.

        Source: workers-rs `D1PreparedStatement::first`
        """
        arguments = () if column is None else (column,)
        with blame(D1Error):
            found = convert.to_py(await calls.acall(self.js, "first", *arguments))
        if found is None:
            return None
        value = row(found) if column is None else _column(found)
        return value if type is None else convert.decode(value, type)

    @overload
    async def all(self) -> D1Result[dict[str, Any]]: ...
    @overload
    async def all[T](self, type: TypeForm[T]) -> D1Result[T]: ...
    async def all(self, type: Any = None) -> D1Result[Any]:
        """Every row, and what the statement did.

        Args:
            type: the type of a row; dicts by column when not given.

        Raises:
            D1Error: SQLite refused the statement.
            DecodeError: a row is not of that type.

        Source: workers-rs `D1PreparedStatement::all`
        """
        with blame(D1Error):
            answer = await calls.acall(self.js, "all")
        return D1Result._of(answer, type)

    async def run(self) -> D1Result[dict[str, Any]]:
        """Run it, for what it does rather than for its rows (`RETURNING` gives some).

        Raises:
            D1Error: SQLite refused the statement.

        Source: workers-rs `D1PreparedStatement::run`
        """
        with blame(D1Error):
            answer = await calls.acall(self.js, "run")
        return D1Result._of(answer)

    def __await__(self) -> Generator[Any, Any, D1Result[dict[str, Any]]]:
        """`await statement` is `await statement.run()`."""
        return self.run().__await__()

    @overload
    async def raw(self) -> list[tuple[Any, ...]]: ...
    @overload
    async def raw[T](self, type: TypeForm[T]) -> list[T]: ...
    @overload
    async def raw(
        self, *, column_names: Literal[True]
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]: ...
    async def raw(self, type: Any = None, *, column_names: bool = False) -> Any:
        """Every row as a tuple: faster than dicts, and two columns may have one name.

        Args:
            type: the type of a row, such as `tuple[int, str]`; tuples when not given.
            column_names: also give the names of the columns, which are there without rows too.

        Returns:
            The rows; with `column_names` a pair of the names and the rows.

        Raises:
            D1Error: SQLite refused the statement.
            DecodeError: a row is not of that type.

        Source: workers-rs `D1PreparedStatement::{raw, raw_js_value}`
        """
        arguments = (convert.options(columnNames=True),) if column_names else ()
        with blame(D1Error):
            found = convert.to_py(await calls.acall(self.js, "raw", *arguments))
        if column_names:
            return tuple(found[0]), [_row(values) for values in found[1:]]
        rows = [_row(values) for values in found]
        return rows if type is None else [convert.decode(values, type) for values in rows]


# `first` and `raw` have parameters or methods of these names.
_column = column


def _row(values: list[Any]) -> tuple[Any, ...]:
    return tuple(column(value) for value in values)
