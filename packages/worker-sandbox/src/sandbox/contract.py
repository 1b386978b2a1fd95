"""The texts that the contract of this sandbox fixes in another language's wording.

Nothing here is a model to follow. Clients compare these bodies character by character, so they are
made in one place and nowhere else.
"""

from __future__ import annotations

import json
import re
import struct
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from worker import BindingError, D1Error, DecodeError, Error, KvError, Response

__all__ = [
    "answer",
    "debug",
    "debug_coordinates",
    "js_date",
    "json_problem",
    "row_error",
    "unwrapped",
]


def answer(error: Exception) -> Response:
    """What the client sees of an error that no route has handled.

    An error of the API is an answer of the worker. Anything else is a failure, which the contract
    tells apart by one word; it costs no state either.
    """
    if isinstance(error, KvError):
        return Response.error(f"js error: JsValue({error}\n{error.js_stack})", 500)
    if isinstance(error, D1Error):
        return Response.error(
            f"D1: D1Error {{\n    cause: JsValue({error}\n{error.js_stack}),\n}}", 500
        )
    if isinstance(error, BindingError) and error.kind == "KvNamespace":
        return Response.error(f"invalid kv store: {error.name}", 500)
    if isinstance(error, Error):
        return Response.error(str(error), 500)
    return Response.error(f"PanicError: {error}", 500)


def debug_coordinates(pair: tuple[float, float] | None) -> str:
    """A pair of coordinates, rounded to single precision: `Some((30.2713, -97.7426))`."""
    latitude, longitude = pair or (0.0, 0.0)
    return f"Some(({_single(latitude)}, {_single(longitude)}))"


def _single(value: float) -> str:
    """The shortest digits that name the same 32-bit float."""
    wanted = struct.pack("<f", value)
    roundings = (float(f"{value:.{digits}g}") for digits in range(1, 10))
    number = next((each for each in roundings if struct.pack("<f", each) == wanted), value)
    return f"{number:.1f}" if number.is_integer() else repr(number)


def js_date(when: datetime) -> str:
    """A moment as JavaScript's `Date.prototype.toString` writes it in UTC."""
    return when.astimezone(UTC).strftime(
        "%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)"
    )


def debug(value: Any) -> str:
    """A value of a SQL row: `Integer(1)`, `String("Laptop")`."""
    match value:
        case None:
            return "Null"
        case bool():
            return f"Boolean({str(value).lower()})"
        case int():
            return f"Integer({value})"
        case float():
            return f"Float({value!r})"
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'String("{escaped}")'
        case _:
            return f"Blob({list(value)})"


_KINDS = {"int": "i32", "string": "a string", "bool": "a boolean"}


def json_problem(body: str, error: ValidationError) -> str:
    """What is wrong with a JSON record, with line and column in bytes.

    A column names the last byte of the value.
    """
    first = error.errors(include_url=False)[0]
    kind = first["type"]
    if kind == "json_invalid":
        return str(first.get("ctx", {}).get("error"))
    if kind == "model_type":
        got = _got(first["input"])
        return f"invalid type: {got}, expected struct ApiData at {_place(body, len(body))}"
    field = str(first["loc"][0])
    if kind == "missing":
        return f"missing field `{field}` at {_place(body, len(body))}"
    place = _place(body, _end_of(body, field))
    if kind in {"greater_than_equal", "less_than"}:
        return f"invalid value: integer `{first['input']}`, expected i32 at {place}"
    expected = _KINDS[kind.partition("_")[0]]
    return f"invalid type: {_got(first['input'])}, expected {expected} at {place}"


def _got(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return f"boolean `{str(value).lower()}`"
        case int():
            return f"integer `{value}`"
        case float():
            return f"floating point `{value!r}`"
        case str():
            return f'string "{value}"'
        case list():
            return "sequence"
        case _:
            return "map"


def _end_of(body: str, field: str) -> int:
    found = re.search(rf'"{field}"\s*:\s*', body)
    assert found is not None
    return json.JSONDecoder().raw_decode(body, found.end())[1]


def _place(body: str, end: int) -> str:
    lines = body[:end].encode().split(b"\n")
    return f"line {len(lines)} column {len(lines[-1])}"


def row_error(error: DecodeError) -> str:
    """A SQL row that is not of the type asked for: a number where text was wanted."""
    assert isinstance(error.__cause__, ValidationError)
    number = float(error.__cause__.errors(include_url=False)[0]["input"])
    return f"Error: invalid type: floating point `{number!r}`, expected a string"


def unwrapped(error: Error, expectation: str) -> str:
    """What is told of an error that was not expected."""
    return f'{expectation}: RustError("{error}")'
