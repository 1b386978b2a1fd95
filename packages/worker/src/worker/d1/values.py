"""Python values as SQLite parameters, and SQLite values as Python's."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast
from uuid import UUID

from worker.errors import ConversionError, IntegerRangeError

__all__ = ["D1Value", "column", "parameter", "row"]

type D1Value = (
    bool | int | float | str | bytes | bytearray | memoryview | datetime | date | time
    | UUID | Decimal | Enum | None
)  # fmt: skip
"""What can be bound to a statement."""

_MAX_SAFE: Final = 2**53 - 1


def parameter(value: Any, position: int = 1) -> Any:
    """What SQLite stores for a Python value.

    `None` is NULL, a boolean is 1 or 0; dates and times are ISO 8601 text, UUIDs and decimals are
    text (a decimal keeps every digit); an enum member is its value. A float that is whole arrives
    as an integer, unless the column is REAL: JavaScript has one kind of number.

    Args:
        value: the value.
        position: which parameter it is, from 1, for the message.

    Returns:
        None, bool, int, float, str or bytes.

    Raises:
        IntegerRangeError: an integer beyond ±(2**53-1), which D1 would round.
        ConversionError: the value has no SQLite form, or is NaN or infinite.
    """
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        if abs(value) > _MAX_SAFE:
            raise IntegerRangeError(
                f"parameter {position}: {value} is beyond ±(2**53-1): store it as text"
            )
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ConversionError(f"parameter {position}: SQLite cannot store {value}")
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(cast("bytes", value))
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    raise ConversionError(
        f"parameter {position}: {type(value).__name__} has no SQLite form; "
        "bind text, a number, bytes or None"
    )


def column(value: Any) -> Any:
    """A column's value; a BLOB, which D1 hands out as an array of numbers, is `bytes` again."""
    return bytes(cast("list[int]", value)) if isinstance(value, list) else value


def row(values: dict[str, Any]) -> dict[str, Any]:
    """A row's values by column: the same dict, changed in place."""
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = column(value)
    return values
