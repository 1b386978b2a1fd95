"""SQL in a Durable Object: typed rows, raw rows, numbers and bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from worker import (
    DecodeError,
    DurableObject,
    Env,
    JsError,
    Request,
    Response,
    RouteContext,
    Router,
    State,
    durable_object,
)

from sandbox.contract import debug, row_error

_SAFE: Final = 2**53 - 1
_TOO_LARGE: Final = 2**63
_DECIMAL: Final = re.compile(r"[+-]?[0-9]+")


@durable_object
class SqlCounter(DurableObject):
    """A counter in a table."""

    def __init__(self, state: State, env: Env) -> None:
        """SQL needs no waiting: the table is there before the first call."""
        super().__init__(state, env)
        self.sql = state.storage.sql
        self.sql.exec("CREATE TABLE IF NOT EXISTS counter(value INTEGER);")

    async def fetch(self, req: Request) -> Response:
        """Count, or store a large number."""
        if "/set-large/" in req.path:
            return self._set_large(req.path.split("/set-large/")[1])
        rows = self.sql.exec("SELECT value FROM counter LIMIT 1;").to_array()
        value = int(rows[0]["value"] or 0) if rows else 0
        if not -(2**31) <= value < 2**31:
            raise JsError(f"invalid value: integer `{value}`, expected i32")
        self._store(value + 1)
        return Response.ok(f"SQL counter is now {value + 1}")

    def _set_large(self, text: str) -> Response:
        """Integers beyond JavaScript's doubles are refused before they are changed in passing."""
        value = int(text) if _DECIMAL.fullmatch(text) else _TOO_LARGE
        if not -_TOO_LARGE <= value < _TOO_LARGE:
            raise JsError("Invalid number format")
        if abs(value) > _SAFE:
            return Response.ok(
                f"Error: Cannot store value {value} - Value outside JavaScript safe integer range. "
                f"JavaScript safe range is ±{_SAFE}"
            )
        self._store(value)
        return Response.ok(f"Successfully stored large value: {value}")

    def _store(self, value: int) -> None:
        """Replace the one row."""
        self.sql.exec("DELETE FROM counter;")
        self.sql.exec("INSERT INTO counter(value) VALUES (?);", value)


@dataclass(frozen=True, slots=True)
class Product:
    """A row of the table `products`."""

    id: int
    name: str
    price: float
    in_stock: int


@dataclass(frozen=True, slots=True)
class BadProduct:
    """The same with a type that does not fit."""

    id: str
    name: str
    price: float
    in_stock: int


@dataclass(frozen=True, slots=True)
class BlobRow:
    """A row of the table `blob_data`."""

    id: int
    name: str
    data: bytes


_PRODUCTS: Final = (
    ("Laptop", 999.99, 1),
    ("Mouse", 29.99, 1),
    ("Keyboard", 79.99, 0),
    ("Monitor", 299.99, 1),
    ("Headphones", 149.99, 0),
)
_BLOBS: Final = (
    ("binary_data", bytes([0, 1, 2, 3, 255, 254])),
    ("empty_blob", b""),
    ("text_as_blob", b"Hello, World!"),
    ("large_blob", bytes(index % 256 for index in range(1000))),
)


@durable_object
class SqlIterator(DurableObject):
    """Reads rows one by one, typed and raw."""

    def __init__(self, state: State, env: Env) -> None:
        """Make the tables and fill them once."""
        super().__init__(state, env)
        self.sql = state.storage.sql
        self.sql.exec(
            "CREATE TABLE IF NOT EXISTS products"
            "(id INTEGER PRIMARY KEY, name TEXT, price REAL, in_stock INTEGER);"
        )
        self.sql.exec(
            "CREATE TABLE IF NOT EXISTS blob_data(id INTEGER PRIMARY KEY, name TEXT, data BLOB);"
        )
        if self._count("products") == 0:
            for row in _PRODUCTS:
                self.sql.exec("INSERT INTO products(name, price, in_stock) VALUES (?, ?, ?);", *row)
        if self._count("blob_data") == 0:
            for row in _BLOBS:
                self.sql.exec("INSERT INTO blob_data(name, data) VALUES (?, ?);", *row)

    def _count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.sql.exec(f"SELECT COUNT(*) as count FROM {table};").one()["count"] or 0)  # noqa: S608

    async def fetch(self, req: Request) -> Response:
        """One way to read for each path."""
        ways = {
            "/next": self._typed,
            "/raw": self._raw,
            "/next-invalid": self._invalid,
            "/blob-next": self._blob_typed,
            "/blob-raw": self._blob_raw,
            "/blob-roundtrip": self._roundtrip,
        }
        way = ways.get(req.path)
        if way is None:
            return Response.ok(
                "SQL Iterator Test - try /next, /raw, /next-invalid, /blob-next, /blob-raw, "
                "or /blob-roundtrip endpoints"
            )
        return Response.ok("\n".join(way()))

    def _typed(self) -> list[str]:
        """Rows as a dataclass."""
        lines = ["next() iterator results:"]
        for row in self.sql.exec("SELECT * FROM products ORDER BY id;").rows(Product):
            stock = "true" if row.in_stock else "false"
            lines.append(f"Product {row.id}: {row.name} - ${row.price:.2f} (in stock: {stock})")
        return lines

    def _raw(self) -> list[str]:
        """Rows as tuples, with the names of their columns."""
        cursor = self.sql.exec("SELECT * FROM products ORDER BY id;")
        lines = ["raw() iterator results:", f"Columns: {', '.join(cursor.column_names)}"]
        lines += [f"Row: [{', '.join(map(debug, row))}]" for row in cursor.raw()]
        return lines

    def _invalid(self) -> list[str]:
        """A row that does not fit fails alone; the others follow."""
        lines = ["next-invalid() iterator results:"]
        rows = self.sql.exec("SELECT * FROM products ORDER BY id;").rows(BadProduct)
        while True:
            try:
                lines.append(f"Product: {next(rows)}")
            except StopIteration:
                return lines
            except DecodeError as error:
                lines.append(f"Error deserializing row: {row_error(error)}")

    def _blob_typed(self) -> list[str]:
        """Bytes in a typed row."""
        lines = ["blob-next() iterator results:"]
        for row in self.sql.exec("SELECT * FROM blob_data ORDER BY id;").rows(BlobRow):
            more = f"...[{len(row.data)} bytes total]" if len(row.data) > 10 else ""
            lines.append(f"BlobData {row.id}: {row.name} - data: {list(row.data[:10])}{more}")
        return lines

    def _blob_raw(self) -> list[str]:
        """Bytes in a raw row."""
        cursor = self.sql.exec("SELECT * FROM blob_data ORDER BY id;")
        lines = ["blob-raw() iterator results:", f"Columns: {', '.join(cursor.column_names)}"]
        for number, name, data in cursor.raw():
            shown = debug(data)
            if isinstance(data, bytes) and len(data) > 10:
                shown = f"Blob({list(data[:10])}...[{len(data)} bytes])"
            lines.append(f"Row: [{debug(number)}, {debug(name)}, {shown}]")
        return lines

    def _roundtrip(self) -> list[str]:
        """Bytes in and out."""
        original = bytes([0xDE, 0xAD, 0xBE, 0xEF, 0x00, 0xFF])
        name = "roundtrip_test"
        query = "SELECT * FROM blob_data WHERE name = ? ORDER BY id DESC LIMIT 1;"
        self.sql.exec("INSERT INTO blob_data(name, data) VALUES (?, ?);", name, original)
        typed = self.sql.exec(query, name).one(BlobRow).data
        raw = next(self.sql.exec(query, name).raw())[2]
        self.sql.exec("DELETE FROM blob_data WHERE name = ?;", name)
        assert isinstance(raw, bytes)
        return [
            "blob-roundtrip test results:",
            f"Original data: {list(original)}",
            f"next() result: {list(typed)}, matches_original: {str(typed == original).lower()}",
            f"raw() result: {list(raw)}, matches_original: {str(raw == original).lower()}",
        ]


async def sql_counter(req: Request, ctx: RouteContext) -> Response:
    """The first part of the path names the object, the rest is for it."""
    name, _, rest = (ctx.param("path") or "default").partition("/")
    return (
        await ctx.durable_object("SQL_COUNTER").get_by_name(name).fetch(f"https://fake-host/{rest}")
    )


async def sql_iterator(req: Request, ctx: RouteContext) -> Response:
    """The same for the object that iterates."""
    name, _, rest = (ctx.param("path") or "default").partition("/")
    return (
        await ctx.durable_object("SQL_ITERATOR")
        .get_by_name(name)
        .fetch(f"https://fake-host/{rest}")
    )


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/sql-counter/*path", sql_counter)
    router.get("/sql-iterator/*path", sql_iterator)
