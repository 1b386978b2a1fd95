"""The texts that the contract of this sandbox fixes in another language's wording.

Nothing here is a model to follow. Clients compare these bodies character by character, so they are
made in one place and nowhere else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from worker import BindingError, D1Error, DecodeError, Error, KvError, Request, Response
from worker.errors import JsonError

__all__ = [
    "answer",
    "debug",
    "debug_coordinates",
    "js_date",
    "json_problem",
    "repeated_field",
    "row_error",
    "unsigned",
    "unwrapped",
]

_UNWRAPPING = ("/asset/", "/d1/exec", "/headers", "/status/")
"""Paths of the routes that count an error of the API as a failure."""


def answer(req: Request, error: Exception) -> Response:
    """What the client sees of an error that no route has handled.

    An error of the API is an answer of the worker. Anything else is a failure, which the contract
    tells apart by one word; it costs no state either.
    """
    if not isinstance(error, Error) or req.path.startswith(_UNWRAPPING):
        return Response.error(f"PanicError: {error}", 500)
    if isinstance(error, JsonError | DecodeError):
        return Response.error("JSON serialization error", 500)
    if isinstance(error, KvError):
        return Response.error(f"js error: JsValue({error}\n{error.js_stack})", 500)
    if isinstance(error, D1Error):
        return Response.error(
            f"D1: D1Error {{\n    cause: JsValue({error}\n{error.js_stack}),\n}}", 500
        )
    if isinstance(error, BindingError) and error.kind == "KvNamespace":
        return Response.error(f"invalid kv store: {error.name}", 500)
    return Response.error(str(error), 500)


def unsigned(text: str, most: int) -> int | None:
    """A decimal number from 0 to `most`, in ASCII digits; a plus sign may stand before them."""
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    number = int(digits)
    return number if number <= most else None


def debug_coordinates(pair: tuple[float, float] | None) -> str:
    """A pair of coordinates, rounded to single precision: `Some((30.2713, -97.7426))`."""
    latitude, longitude = pair or (0.0, 0.0)
    return f"Some(({_single(latitude)}, {_single(longitude)}))"


def _single(value: float) -> str:
    """The shortest digits that name the same 32-bit float."""
    wanted = struct.pack("<f", value)
    (single,) = struct.unpack("<f", wanted)
    roundings = (float(f"{single:.{digits}g}") for digits in range(1, 10))
    number = next(each for each in roundings if struct.pack("<f", each) == wanted)
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
    place = _place(body, dict(_members(body))[field])
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


def repeated_field(body: str, fields: Collection[str]) -> str | None:
    """What is wrong with a JSON record that names one of its fields twice."""
    seen: set[str] = set()
    for name, end in _members(body):
        if name in seen:
            return f"duplicate field `{name}` at {_place(body, end)}"
        seen.update({name} & set(fields))
    return None


def _members(body: str) -> Iterator[tuple[str, int]]:
    """Each name in a JSON object, and where its value ends."""
    decode = json.JSONDecoder().raw_decode
    at = _after_space(body, body.index("{") + 1)
    while body[at] != "}":
        name, at = decode(body, at)
        at = _after_space(body, _after_space(body, at) + len(":"))
        _, at = decode(body, at)
        yield name, at
        at = _after_space(body, at)
        if body[at] == ",":
            at = _after_space(body, at + 1)


def _after_space(body: str, at: int) -> int:
    return len(body) - len(body[at:].lstrip())


def _place(body: str, end: int) -> str:
    lines = body[:end].encode().split(b"\n")
    return f"line {len(lines)} column {len(lines[-1])}"


def row_error(error: DecodeError) -> str:
    """A SQL row that is not of the type asked for: a number where text was wanted."""
    assert isinstance(error.__cause__, ValidationError)
    number = float(error.__cause__.errors(include_url=False)[0]["input"])
    return f"Error: invalid type: floating point `{number!r}`, expected a string"


def unwrapped(error: Error, expectation: str) -> str:
    """What is told of an error of the API: what was tried, and the error."""
    return f'{expectation}: RustError("{error}")'
