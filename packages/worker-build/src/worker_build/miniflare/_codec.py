"""Values between Python and the Node helper: JSON, with tags for what JSON has not."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, cast

_SAFE = 2**53 - 1


def encode(value: Any) -> Any:
    """Make a value JSON-able: bytes, aware datetimes and big integers become tagged objects."""
    match value:
        case None | bool() | str() | float():
            return value
        case int():
            return value if abs(value) <= _SAFE else {"$bigint": str(value)}
        case bytes() | bytearray() | memoryview():
            return {"$bytes": base64.b64encode(cast("bytes", value)).decode()}
        case datetime():
            return {"$date": round(value.timestamp() * 1000)}
        case PurePath():
            return str(value)
        case Mapping():
            items = cast("Mapping[str, Any]", value).items()
            return {str(key): encode(item) for key, item in items}
        case Sequence():
            return [encode(item) for item in cast("Sequence[Any]", value)]
        case _:
            raise TypeError(f"{type(value).__name__} cannot be sent to Miniflare")


def decode(value: Any) -> Any:
    """Undo `encode` on what the helper sent."""
    match value:
        case {"$bytes": str(text)}:
            return base64.b64decode(text)
        case {"$date": int(milliseconds)}:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
        case {"$bigint": str(digits)}:
            return int(digits)
        case dict():
            return {k: decode(v) for k, v in cast("dict[str, Any]", value).items()}
        case list():
            return [decode(item) for item in cast("list[Any]", value)]
        case _:
            return value
