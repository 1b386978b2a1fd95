"""SQL of dates and times in SQLite's own words: Django's functions cannot be added to D1."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import NotSupportedError
from django.db.backends.sqlite3 import operations

_EXTRACT = {
    "year": "%Y",
    "iso_year": "%G",
    "month": "%m",
    "day": "%d",
    "week": "%V",
    "iso_week_day": "%u",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
}
_TRUNC = {
    "year": "%Y-01-01",
    "month": "%Y-%m-01",
    "day": "%Y-%m-%d",
    "hour": "%Y-%m-%d %H:00:00",
    "minute": "%Y-%m-%d %H:%M:00",
    "second": "%Y-%m-%d %H:%M:%S",
}
_DATES = frozenset({"year", "month", "day"})


class DatabaseOperations(operations.DatabaseOperations):
    """Dates and times are stored in UTC, and asked for in UTC."""

    def date_extract_sql(self, lookup_type: str, sql: str, params: Any) -> tuple[str, Any]:
        kind = lookup_type.lower()
        if kind == "quarter":
            return f"((CAST(strftime('%%m', {sql}) AS INTEGER) + 2) / 3)", params
        if kind == "week_day":  # from Sunday, which is 1
            return f"(CAST(strftime('%%w', {sql}) AS INTEGER) + 1)", params
        return f"CAST({_format(_EXTRACT, kind, sql)} AS INTEGER)", params

    def time_extract_sql(self, lookup_type: str, sql: str, params: Any) -> tuple[str, Any]:
        return self.date_extract_sql(lookup_type, sql, params)

    def datetime_extract_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> tuple[str, Any]:
        _check(tzname)
        return self.date_extract_sql(lookup_type, sql, params)

    def date_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None = None
    ) -> tuple[str, Any]:
        _check(tzname)
        return _format(_TRUNC, lookup_type.lower(), sql), params

    def datetime_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None
    ) -> tuple[str, Any]:
        text, params = self.date_trunc_sql(lookup_type, sql, params, tzname)
        return (f"({text} || ' 00:00:00')" if lookup_type.lower() in _DATES else text), params

    def time_trunc_sql(
        self, lookup_type: str, sql: str, params: Any, tzname: str | None = None
    ) -> tuple[str, Any]:
        text, params = self.date_trunc_sql(lookup_type, sql, params, tzname)
        return f"time({text})", params

    def datetime_cast_date_sql(self, sql: str, params: Any, tzname: str | None) -> tuple[str, Any]:
        _check(tzname)
        return f"date({sql})", params

    def datetime_cast_time_sql(self, sql: str, params: Any, tzname: str | None) -> tuple[str, Any]:
        _check(tzname)
        return f"strftime('%%H:%%M:%%f', {sql})", params

    def combine_duration_expression(self, connector: str, sub_expressions: Any) -> NoReturn:
        raise NotSupportedError("D1 cannot add durations: do it in Python")

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """For logs; D1 would have to be asked how it quotes."""
        return f"{sql} {params!r}" if params else sql


def _format(formats: dict[str, str], kind: str, sql: str) -> str:
    if kind not in formats:
        raise NotSupportedError(f"D1 cannot do {kind!r}: do it in Python")
    # Twice the sign: what remains is SQL for Django to put parameters into.
    return f"strftime('{formats[kind].replace('%', '%%')}', {sql})"


def _check(tzname: str | None) -> None:
    if tzname not in {None, "UTC"} and settings.USE_TZ:
        raise NotSupportedError(f"D1 knows UTC alone, not {tzname}: set TIME_ZONE to 'UTC'")
