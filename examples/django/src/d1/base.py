"""Django's SQLite backend with another driver, and without what D1 has not: transactions."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.backends.sqlite3 import base, features, introspection
from django.db.backends.sqlite3.introspection import TableInfo
from worker import run_sync
from worker.d1 import dbapi
from worker.errors import D1Error

from d1 import environment
from d1.operations import DatabaseOperations
from d1.schema import DatabaseSchemaEditor

# Django takes a running event loop for a sign that nothing may block. Below `wsgi.app` a call that
# waits for D1 holds up nobody but its own request.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

_DJANGO = str(Path(django.__file__).parent)


class TransactionWarning(RuntimeWarning):
    """`atomic()` was used: D1 commits every statement by itself."""


class Cursor:
    """A cursor of the driver that takes Django's `%s` and `%(name)s` for D1's `?`."""

    _place = re.compile(r"%(?:\((\w+)\))?([s%])")

    def __init__(self, cursor: dbapi.Cursor) -> None:
        self._cursor = cursor

    def execute(
        self, query: str, params: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> Cursor:
        if params is None:
            self._cursor.execute(query)
            return self
        values = []

        def place(match: re.Match[str]) -> str:
            name, kind = match.groups()
            if kind == "%":
                return "%"
            values.append(params[len(values) if name is None else name])
            return "?"

        query = self._place.sub(place, query)
        self._cursor.execute(query, values if isinstance(params, Mapping) else params)
        return self

    def executemany(self, query: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        """All rows or none: one batch."""
        self._cursor.executemany(query.replace("%s", "?").replace("%%", "%"), rows)
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Any:
        return iter(self._cursor)


class DatabaseFeatures(features.DatabaseFeatures):
    supports_transactions = False
    uses_savepoints = False
    can_rollback_ddl = False
    can_defer_constraint_checks = False
    supports_json_field = True
    supports_temporal_subtraction = False
    supports_uuid4_function = False
    supports_uuid7_function = False
    max_query_params = 100


class DatabaseIntrospection(introspection.DatabaseIntrospection):
    def get_table_list(self, cursor: Any) -> list[TableInfo]:
        """The tables, without D1's own."""
        found = super().get_table_list(cursor)
        return [table for table in found if not table.name.startswith("_cf_")]


class DatabaseWrapper(base.DatabaseWrapper):
    display_name = "D1"
    Database = dbapi
    SchemaEditorClass = DatabaseSchemaEditor
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    # SQLite, but the functions that Django would add to it: it has no regular expressions.
    operators: ClassVar = {
        name: text for name, text in base.DatabaseWrapper.operators.items() if "regex" not in name
    }

    def get_connection_params(self) -> dict[str, Any]:
        if not self.settings_dict["NAME"]:
            raise ImproperlyConfigured("DATABASES: NAME is the name of a D1 binding of the worker")
        return {"binding": self.settings_dict["NAME"]}

    def get_new_connection(self, conn_params: dict[str, Any]) -> dbapi.Connection:
        env = environment.get(None)
        if env is None:
            raise ImproperlyConfigured(
                "D1 is there only while a request is: call Django below `d1.bindings(env)`"
            )
        return dbapi.connect(env.d1(conn_params["binding"]))

    def get_database_version(self) -> tuple[int, ...]:
        """D1 does not say; it keeps up with SQLite's releases."""
        return (3, 47)

    def create_cursor(self, name: str | None = None) -> Cursor:
        return Cursor(self.connection.cursor())

    def is_in_memory_db(self) -> bool:
        return False

    def _savepoint_allowed(self) -> bool:
        return False

    def _set_autocommit(self, autocommit: bool) -> None:
        """Nothing to set."""

    def _start_transaction_under_autocommit(self) -> None:
        _warn("D1 commits every statement by itself: atomic() neither groups nor undoes anything")

    def _rollback(self) -> None:
        _warn("what a failed atomic() block has written to D1 stays written")

    def run_batch(self, statements: Iterable[str]) -> None:
        """Run statements as D1 can run them together: all or none."""
        self.ensure_connection()
        database = self.connection.database
        try:
            run_sync(database.batch([database.prepare(sql) for sql in statements]))
        except D1Error as error:
            raise DatabaseError(str(error)) from error


def _warn(text: str) -> None:
    """Warn at the line that called Django."""
    warnings.warn(text, TransactionWarning, skip_file_prefixes=(_DJANGO, __file__), stacklevel=2)
