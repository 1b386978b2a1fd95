"""What KV accepts and how its answers become Python values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from worker_sys import convert

from worker import _jsontext, _limits
from worker.errors import LimitError
from worker.kv.data import Key, ValueWithMetadata

__all__ = [
    "MAX_SECONDS",
    "bulk_options",
    "check_key",
    "decoded",
    "key_of",
    "parsed",
    "read_options",
    "value_of",
    "with_metadata",
]

_KEY_BYTES: Final = 512
_MIN_CACHE_TTL: Final = 30
_BULK_KEYS: Final = 100
MAX_SECONDS: Final = 2**31 - 1
"""The largest number of seconds, of a duration or since 1970, that the runtime takes."""


def check_key(key: str) -> None:
    _limits.expect_text("a key", key)
    if key.isascii() and 2 < len(key) <= _KEY_BYTES:
        return
    length = _limits.utf8_length(key)
    _limits.at_least("key", length, 1, "bytes")
    if length > _KEY_BYTES:
        _limits.at_most(f"key {key[:40]!r}…", length, _KEY_BYTES, "bytes")
    if key in {".", ".."}:
        raise LimitError(f"key {key!r}: KV has no keys of this name", limit=0, actual=length)


def _read_type(type: Any) -> str:
    """The platform's word for how to read a value; JSON is read as text and decoded here."""
    if type is str:
        return "text"
    from worker.streams import ByteStream

    if isinstance(type, str):
        raise TypeError(
            f"{type!r} is no type: str, bytes, ByteStream, or what the JSON is (dict, list[int] …)"
        )
    if type is bytes:
        return "arrayBuffer"
    return "stream" if type is ByteStream else "text"


def read_options(key: str, type: Any, cache_ttl: float | timedelta | None) -> Any:
    """What the platform takes beside the key: the way to read, alone or among options."""
    check_key(key)
    if cache_ttl is None:
        return _read_type(type)
    return convert.options(type=_read_type(type), cacheTtl=_cache_ttl(cache_ttl))


def bulk_options(
    keys: Iterable[str], type: Any, cache_ttl: float | timedelta | None
) -> tuple[list[str], Any]:
    """The keys of a bulk read, checked, and its options."""
    if _read_type(type) != "text":
        raise TypeError("a bulk read gives text or JSON: read bytes and streams key by key")
    wanted = [keys] if isinstance(keys, str) else list(keys)
    _limits.at_most("bulk read", len(wanted), _BULK_KEYS, "keys")
    for key in wanted:
        check_key(key)
    if not wanted:
        return wanted, None
    return wanted, convert.options(type="text", cacheTtl=_cache_ttl(cache_ttl))


def _cache_ttl(duration: float | timedelta | None) -> int | None:
    ttl = _limits.seconds(duration)
    if ttl is not None:
        _limits.at_least("cache_ttl", ttl, _MIN_CACHE_TTL, "seconds")
        _limits.at_most("cache_ttl", ttl, MAX_SECONDS, "seconds")
    return ttl


def value_of(found: Any, type: Any) -> Any:
    """A single read's result as the type asked for."""
    if type is str:
        return convert.to_py(found)
    from worker.streams import ByteStream

    if type is ByteStream:
        stream = found if hasattr(found, "getReader") else None
        return None if stream is None else ByteStream._from_js(stream)
    return parsed(convert.to_py(found), type)


def parsed(value: Any, type: Any) -> Any:
    if value is None or type is str or type is bytes:
        return value
    return _jsontext.from_json(value, type)


def decoded(value: Any, type: Any) -> Any:
    return value if value is None or type is None else convert.decode(value, type)


def with_metadata(entry: dict[str, Any], type: Any, metadata: Any) -> ValueWithMetadata[Any, Any]:
    return ValueWithMetadata(
        value=parsed(entry.get("value"), type),
        metadata=decoded(entry.get("metadata"), metadata),
        cache_status=entry.get("cacheStatus"),
    )


def key_of(entry: dict[str, Any], metadata: Any) -> Key[Any]:
    return Key(
        name=entry["name"],
        expiration=entry.get("expiration"),
        metadata=decoded(entry.get("metadata"), metadata),
    )
