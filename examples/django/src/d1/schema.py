"""Migrations on D1, where foreign keys are always checked."""

from __future__ import annotations

from typing import Any, Self

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.backends.sqlite3 import schema
from django.db.models import Model


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """SQLite's, but for how a table is made anew: in one batch, all or nothing.

    SQLite's own turns the checks off meanwhile, which D1 does not allow. Put off to the end of the
    batch, they still count each row that has lost what it refers to, until an INSERT brings that
    back: to rename a table that has it brings back nothing.
    """

    _batch: list[str] | None = None

    def __enter__(self) -> Self:
        BaseDatabaseSchemaEditor.__enter__(self)
        return self

    def __exit__(self, *error: object) -> None:
        BaseDatabaseSchemaEditor.__exit__(self, *error)

    def execute(self, sql: Any, params: Any = ()) -> None:
        if self._batch is None:
            super().execute(sql, params)
        else:
            text = str(sql)
            values = None if params is None else tuple(map(self.quote_value, params))
            self._batch.append(text if values is None else text % values)

    def _remake_table(self, *args: Any, **options: Any) -> None:
        if self.collect_sql:
            super()._remake_table(*args, **options)
            return
        self._batch = ["PRAGMA defer_foreign_keys = ON"]
        try:
            super()._remake_table(*args, **options)
            self.connection.run_batch(self._batch)
        finally:
            self._batch = None

    def alter_db_table(self, model: type[Model], old_db_table: str, new_db_table: str) -> None:
        """Rename a table; while one is made anew, copy it, so that what refers to it finds it."""
        if self._batch is None:
            super().alter_db_table(model, old_db_table, new_db_table)
            return
        model._meta.db_table = new_db_table
        self.execute(*self.table_sql(model))
        old, new = self.quote_name(old_db_table), self.quote_name(new_db_table)
        fields = model._meta.local_concrete_fields
        columns = ", ".join(self.quote_name(each.column) for each in fields if not each.generated)
        # With its WHERE it is no copy of pages, which would leave the count as it is.
        copy = f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {old} WHERE true"  # noqa: S608
        self.execute(copy, None)
        self.execute(f"DROP TABLE {old}", None)
        for statement in self.deferred_sql:
            if isinstance(statement, Statement):
                statement.rename_table_references(old_db_table, new_db_table)
