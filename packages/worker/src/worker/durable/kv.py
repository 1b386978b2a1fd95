"""The synchronous key-value store of a Durable Object with SQLite storage.

Source: https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#synchronous-kv-api
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, final, overload

from worker_sys import calls, convert

from worker._handle import Handle

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["SyncKv"]


@final
class SyncKv(Handle):
    """Keys and values, read and written without waiting: `state.storage.kv`.

    It shares its keys with the asynchronous methods of the storage. Values are whatever the gate
    can convert: numbers, text, bytes, dates, lists, dicts, sets.
    """

    __slots__ = ()

    @overload
    def get(self, key: str) -> Any: ...
    @overload
    def get[T](self, key: str, type: TypeForm[T]) -> T | None: ...
    def get(self, key: str, type: Any = None) -> Any:
        """The value under `key`, or None.

        Args:
            key: at most 2048 bytes.
            type: what the value is; without it, plain Python.

        Raises:
            DecodeError: the value is not of that type.
        """
        value = convert.to_py(calls.call(self.js, "get", key))
        return value if type is None or value is None else convert.decode(value, type)

    def put(self, key: str, value: Any) -> None:
        """Store a value.

        Args:
            key: at most 2048 bytes.
            value: key and value together at most 2 MB.

        Raises:
            ConversionError: the value cannot cross to JavaScript.
        """
        calls.call(self.js, "put", key, value)

    def delete(self, key: str) -> bool:
        """Remove a key; whether it was there."""
        return bool(calls.call(self.js, "delete", key))

    def list(
        self,
        *,
        start: str | None = None,
        start_after: str | None = None,
        end: str | None = None,
        prefix: str | None = None,
        reverse: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[tuple[str, Any]]:
        """Keys and values in the order of their UTF-8 bytes, read as they are asked for.

        Args:
            start: the first key, included.
            start_after: the key to start after; not together with `start`.
            end: the key to stop before.
            prefix: only keys that begin with it.
            reverse: from the last to the first.
            limit: at most so many.
        """
        options = convert.options(
            start=start,
            startAfter=start_after,
            end=end,
            prefix=prefix,
            reverse=reverse,
            limit=limit,
        )
        for entry in calls.call(self.js, "list", options):
            key, value = convert.to_py(entry)
            yield key, value
