"""JSON text from Python values and back, typed when a type is asked for."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast
from uuid import UUID

from worker_sys import convert

from worker.errors import JsonError

__all__ = ["from_json", "to_json"]


def to_json(value: Any) -> str:
    """Compact JSON text of a value.

    Besides what JSON has: dataclasses, pydantic models, enums (their value), dates and times (ISO
    8601), UUIDs and decimals (text), sets and tuples (arrays).

    Raises:
        JsonError: the value has no JSON form; NaN and the infinities have none either.
    """
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError) as error:
        raise JsonError(f"no JSON form: {error}") from error


def from_json(text: str | bytes, type: Any = None) -> Any:
    """The value of JSON text.

    Args:
        text: the JSON.
        type: the type to decode to; None for plain Python values.

    Raises:
        JsonError: the text is not JSON.
        DecodeError: it is, but not of that type.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise JsonError(f"not JSON: {error}") from error
    return value if type is None else convert.decode(value, type)


def _plain(value: Any) -> Any:
    """One step towards JSON, for what `json` does not know."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    dump: Any = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return list(cast("set[Any]", value))
    raise TypeError(f"{type(value).__name__} {value!r:.80}")


_encoder: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain
)
