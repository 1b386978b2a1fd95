"""What D1 answers: rows, and what it took to find them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from worker_sys import convert

from worker.d1.values import row

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["D1ExecResult", "D1Meta", "D1Result"]


@dataclass(frozen=True, slots=True)
class D1Meta:
    """What a statement did, and what it cost.

    Attributes:
        duration: milliseconds in the database.
        changes: rows that were inserted, updated or deleted.
        last_row_id: the rowid of the last row inserted in this session.
        changed_db: whether anything was changed.
        size_after: bytes of the database after the statement.
        rows_read: rows that were read, indexes included: this is what is billed.
        rows_written: rows that were written, indexes included.
        served_by_region: the region that answered.
        served_by_colo: the data centre that answered.
        served_by_primary: whether the primary answered, not a replica.
        sql_duration: milliseconds of the SQL alone.
        total_attempts: how often it was tried, the retries of read-only statements included.
        other: what the platform adds and this class does not name.

    Source: workers-rs `D1ResultMeta`;
    https://developers.cloudflare.com/d1/worker-api/return-object/
    """

    duration: float | None = None
    changes: int | None = None
    last_row_id: int | None = None
    changed_db: bool | None = None
    size_after: int | None = None
    rows_read: int | None = None
    rows_written: int | None = None
    served_by_region: str | None = None
    served_by_colo: str | None = None
    served_by_primary: bool | None = None
    sql_duration: float | None = None
    total_attempts: int | None = None
    other: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def _of(cls, meta: Mapping[str, Any]) -> D1Meta:
        rest = dict(meta)
        timings: Mapping[str, Any] = rest.pop("timings", None) or {}
        named = {name: rest.pop(name) for name in _NAMED if name in rest}
        return cls(**named, sql_duration=timings.get("sql_duration_ms"), other=rest)


_NAMED = frozenset(D1Meta.__dataclass_fields__) - {"sql_duration", "other"}


@dataclass(frozen=True, slots=True)
class D1Result[T]:
    """The rows of one statement. Iterating, `len` and indexing go to the rows.

    Attributes:
        rows: the rows as `T`; dicts by column when no type was asked for.
        meta: what the statement did and cost.
        success: always true: a statement that fails raises.

    Source: workers-rs `D1Result`.
    """

    rows: tuple[T, ...]
    meta: D1Meta
    success: bool = True

    def __iter__(self) -> Iterator[T]:
        """The rows, in order."""
        return iter(self.rows)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def __bool__(self) -> bool:
        """Whether there are rows."""
        return bool(self.rows)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        """A row, or some of them."""
        return self.rows[index]

    def results[R](self, type: TypeForm[R]) -> tuple[R, ...]:
        """The rows as another type.

        Raises:
            DecodeError: a row is not of that type.

        Source: workers-rs `D1Result::results`
        """
        return tuple(convert.decode(values, type) for values in self.rows)

    @classmethod
    def _of(cls, answer: Any, type: Any = None) -> D1Result[Any]:
        found = convert.to_py(answer)
        rows = tuple(map(row, found.get("results") or ()))
        return D1Result(
            rows=rows if type is None else tuple(convert.decode(each, type) for each in rows),
            meta=D1Meta._of(found.get("meta") or {}),
            success=bool(found.get("success", True)),
        )


@dataclass(frozen=True, slots=True)
class D1ExecResult:
    """What `exec` did.

    Attributes:
        count: how many statements were run.
        duration: milliseconds that they took.

    Source: workers-rs `D1ExecResult`.
    """

    count: int
    duration: float
