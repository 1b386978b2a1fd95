"""SQLAlchemy on D1: SQLite's dialect over the DB-API driver of `worker.d1`."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.pool import NullPool
from worker.d1 import D1Database, D1DatabaseSession, dbapi


class D1Dialect(SQLiteDialect):
    """SQLite as D1 has it: every statement is committed by itself."""

    driver = "d1"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver, with the version that SQLAlchemy asks SQLite's drivers for."""
        return SimpleNamespace(**vars(dbapi), sqlite_version_info=(3, 45, 0))

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        """D1 has one level, and does not let it be asked for."""
        return "SERIALIZABLE"

    def has_table(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> bool:
        """Whether there is such a table. SQLite's dialect asks by PRAGMAs that D1 refuses."""
        found = text("SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = :name")
        return connection.execute(found, {"name": table_name}).first() is not None

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing: SQLAlchemy rolls back whenever it gives a connection back, used or not."""


registry.register("sqlite.d1", __name__, "D1Dialect")


def engine(database: D1Database | D1DatabaseSession) -> Engine:
    """An engine over one database; its connections cost nothing, so there is no pool."""
    return create_engine(
        "sqlite+d1://", creator=lambda: dbapi.connect(database), poolclass=NullPool
    )
