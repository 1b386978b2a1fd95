"""A D1 database and its sessions.

Source: workers-rs `D1Database`; https://developers.cloudflare.com/d1/worker-api/d1-database/
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, final, overload

from worker_sys import calls, convert

from worker._blame import blame
from worker._handle import Handle
from worker._limits import expect
from worker.d1.result import D1ExecResult, D1Result
from worker.d1.statement import D1PreparedStatement
from worker.d1.values import D1Value
from worker.errors import D1Error, JsError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["D1Database", "D1DatabaseSession", "D1SessionConstraint"]


_NO_DUMP: Final = "`npx wrangler d1 export` writes a database to a file of SQL."
_ONE_A_LINE: Final = "`exec` takes each line for a statement: write each on one line."


@contextmanager
def _noted(note: str, told: str = "") -> Generator[None]:
    """Say what to do, beside an error that tells something."""
    try:
        yield
    except JsError as error:
        if told in error.message:
            error.add_note(note)
        raise


class D1SessionConstraint(StrEnum):
    """Who may answer a session's first query: the primary alone, or any replica."""

    FIRST_PRIMARY = "first-primary"
    FIRST_UNCONSTRAINED = "first-unconstrained"


class _Queries(Handle):
    """What a database and a session share."""

    __slots__ = ()

    def prepare(self, sql: str) -> D1PreparedStatement:
        """A statement, to be bound and run. Nothing is sent yet.

        Args:
            sql: one statement; `?` or `?1` stand for parameters.

        Source: workers-rs `D1Database::prepare`
        """
        with blame(D1Error):
            return D1PreparedStatement._from_js(calls.call(self.js, "prepare", sql))

    def query(self, sql: str, *values: D1Value) -> D1PreparedStatement:
        """A statement with its parameters: `await db.query("… WHERE id = ?", id).first(Thing)`.

        Args:
            sql: one statement; `?` or `?1` stand for parameters.
            values: one for each placeholder, in order.

        Raises:
            IntegerRangeError: an integer that D1 would round.
            ConversionError: a value that SQLite cannot store.

        Source: workers-rs `worker::query!`
        """
        statement = self.prepare(sql)
        return statement.bind(*values) if values else statement

    @overload
    async def batch(
        self, statements: Iterable[D1PreparedStatement]
    ) -> list[D1Result[dict[str, Any]]]: ...
    @overload
    async def batch[T](
        self, statements: Iterable[D1PreparedStatement], type: TypeForm[T]
    ) -> list[D1Result[T]]: ...
    async def batch(
        self, statements: Iterable[D1PreparedStatement], type: Any = None
    ) -> list[D1Result[Any]]:
        """Run statements in order, in one transaction: when one fails, none has happened.

        Args:
            statements: at least one.
            type: the type of the rows of all of them; dicts by column when not given.

        Returns:
            One result for each statement.

        Raises:
            D1Error: SQLite refused one of them.
            DecodeError: a row is not of that type.

        Source: workers-rs `D1Database::batch`
        """
        prepared = [_prepared(statement) for statement in statements]
        if not prepared:
            return []
        with blame(D1Error):
            answers = await calls.acall(self.js, "batch", prepared)
        return [D1Result._of(answer, type) for answer in answers]


def _prepared(statement: D1PreparedStatement) -> Any:
    expect("a batch is of statements, as db.query(sql, …) gives", statement, D1PreparedStatement)
    return statement.js


@final
class D1Database(_Queries):
    """A SQLite database: `env.d1("DB")`.

    Source: workers-rs `D1Database`; https://developers.cloudflare.com/d1/worker-api/d1-database/
    """

    __slots__ = ()

    async def exec(self, sql: str) -> D1ExecResult:
        """Run statements without parameters, one a line; for maintenance, not for requests.

        Args:
            sql: statements, each on one line.

        Raises:
            D1Error: SQLite refused one; those before it have happened.

        Source: workers-rs `D1Database::exec`
        """
        with blame(D1Error), _noted(_ONE_A_LINE, "incomplete input"):
            done = convert.to_py(await calls.acall(self.js, "exec", sql))
        return D1ExecResult(count=done["count"], duration=done["duration"])

    async def dump(self) -> bytes:
        """The whole database as a SQLite file; only databases of D1's alpha can be dumped.

        Raises:
            D1Error: the database cannot, and neither can the local simulator.

        Source: workers-rs `D1Database::dump`
        """
        with blame(D1Error), _noted(_NO_DUMP):
            return convert.to_py(await calls.acall(self.js, "dump"))

    def with_session(
        self, constraint_or_bookmark: D1SessionConstraint | str | None = None
    ) -> D1DatabaseSession:
        """Queries that see each other's writes, from whichever replica they are answered.

        Args:
            constraint_or_bookmark: a `D1SessionConstraint`, or the bookmark of an earlier session;
                `first-unconstrained` when not given.

        Raises:
            D1Error: it is neither; at the first query, where the platform finds that out.

        Source: workers-rs `D1Database::{with_session, with_session_constraint}`;
        https://developers.cloudflare.com/d1/best-practices/read-replication/
        """
        start = () if constraint_or_bookmark is None else (str(constraint_or_bookmark),)
        with blame(D1Error):
            return D1DatabaseSession._from_js(calls.call(self.js, "withSession", *start))


@final
class D1DatabaseSession(_Queries):
    """A session: its queries are sequentially consistent.

    Source: workers-rs `D1DatabaseSession`;
    https://developers.cloudflare.com/d1/worker-api/d1-database/#withsession
    """

    __slots__ = ()

    def bookmark(self) -> str | None:
        """Where the session stands, to go on from in another one; None before its first query.

        Source: workers-rs `D1DatabaseSession::get_bookmark`
        """
        return convert.to_py(calls.call(self.js, "getBookmark"))
