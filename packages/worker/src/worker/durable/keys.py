"""What a storage and a transaction on it have in common: keys, values and the alarm.

Source: workers-rs `durable.rs`;
https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, overload

from worker_sys import calls, convert

from worker._handle import Handle
from worker.durable.alarms import ScheduledTime, from_milliseconds, milliseconds

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["KeyValue", "write_options"]


class KeyValue(Handle):
    """What a storage and a transaction on it have in common."""

    __slots__ = ()

    @overload
    async def get(
        self, key: str, *, allow_concurrency: bool | None = ..., no_cache: bool | None = ...
    ) -> Any: ...
    @overload
    async def get[T](
        self,
        key: str,
        type: TypeForm[T],
        *,
        allow_concurrency: bool | None = ...,
        no_cache: bool | None = ...,
    ) -> T | None: ...
    async def get(
        self,
        key: str,
        type: Any = None,
        *,
        allow_concurrency: bool | None = None,
        no_cache: bool | None = None,
    ) -> Any:
        """The value under `key`, or None when there is none.

        Args:
            key: at most 2048 bytes.
            type: what the value is; without it, plain Python.
            allow_concurrency: let other events in while this one waits for the storage.
            no_cache: do not keep the value in memory.

        Raises:
            DecodeError: the value is not of that type.

        Source: workers-rs `Storage::get`
        """
        options = options_of(allowConcurrency=allow_concurrency, noCache=no_cache)
        value = convert.to_py(await calls.acall(self.js, "get", key, *options))
        return value if type is None or value is None else convert.decode(value, type)

    @overload
    async def get_multiple(
        self,
        keys: Iterable[str],
        *,
        allow_concurrency: bool | None = ...,
        no_cache: bool | None = ...,
    ) -> dict[str, Any]: ...
    @overload
    async def get_multiple[T](
        self,
        keys: Iterable[str],
        type: TypeForm[T],
        *,
        allow_concurrency: bool | None = ...,
        no_cache: bool | None = ...,
    ) -> dict[str, T]: ...
    async def get_multiple(
        self,
        keys: Iterable[str],
        type: Any = None,
        *,
        allow_concurrency: bool | None = None,
        no_cache: bool | None = None,
    ) -> dict[str, Any]:
        """The values of several keys; keys that do not exist are left out.

        Args:
            keys: at most 128.
            type: what each value is; without it, plain Python.
            allow_concurrency: let other events in while this one waits for the storage.
            no_cache: do not keep the values in memory.

        Raises:
            DecodeError: a value is not of that type.

        Source: workers-rs `Storage::get_multiple`
        """
        options = options_of(allowConcurrency=allow_concurrency, noCache=no_cache)
        found = await calls.acall(self.js, "get", [*keys], *options)
        return mapping(found, type)

    async def put(
        self,
        key: str,
        value: Any,
        *,
        allow_concurrency: bool | None = None,
        allow_unconfirmed: bool | None = None,
        no_cache: bool | None = None,
    ) -> None:
        """Store a value.

        Args:
            key: at most 2048 bytes.
            value: key and value together at most 2 MB (128 KiB without SQLite).
            allow_concurrency: let other events in while this one waits for the storage.
            allow_unconfirmed: let messages out before the write is durable.
            no_cache: do not keep the value in memory.

        Raises:
            ConversionError: the value cannot cross to JavaScript.

        Source: workers-rs `Storage::put`
        """
        options = write_options(allow_concurrency, allow_unconfirmed, no_cache)
        await calls.acall(self.js, "put", key, value, *options)

    async def put_multiple(
        self,
        entries: Mapping[str, Any],
        *,
        allow_concurrency: bool | None = None,
        allow_unconfirmed: bool | None = None,
        no_cache: bool | None = None,
    ) -> None:
        """Store several values at once: all of them or none.

        Args:
            entries: at most 128 keys with their values.
            allow_concurrency: let other events in while this one waits for the storage.
            allow_unconfirmed: let messages out before the write is durable.
            no_cache: do not keep the values in memory.

        Source: workers-rs `Storage::put_multiple`
        """
        options = write_options(allow_concurrency, allow_unconfirmed, no_cache)
        await calls.acall(self.js, "put", dict(entries), *options)

    async def delete(
        self,
        key: str,
        *,
        allow_concurrency: bool | None = None,
        allow_unconfirmed: bool | None = None,
        no_cache: bool | None = None,
    ) -> bool:
        """Remove a key; whether it was there.

        Source: workers-rs `Storage::delete`
        """
        options = write_options(allow_concurrency, allow_unconfirmed, no_cache)
        return bool(await calls.acall(self.js, "delete", key, *options))

    async def delete_multiple(
        self,
        keys: Iterable[str],
        *,
        allow_concurrency: bool | None = None,
        allow_unconfirmed: bool | None = None,
        no_cache: bool | None = None,
    ) -> int:
        """Remove several keys, at most 128; how many were there.

        Source: workers-rs `Storage::delete_multiple`
        """
        options = write_options(allow_concurrency, allow_unconfirmed, no_cache)
        return int(await calls.acall(self.js, "delete", [*keys], *options))

    @overload
    async def list(
        self,
        *,
        start: str | None = ...,
        start_after: str | None = ...,
        end: str | None = ...,
        prefix: str | None = ...,
        reverse: bool | None = ...,
        limit: int | None = ...,
        allow_concurrency: bool | None = ...,
        no_cache: bool | None = ...,
    ) -> dict[str, Any]: ...
    @overload
    async def list[T](
        self,
        type: TypeForm[T],
        *,
        start: str | None = ...,
        start_after: str | None = ...,
        end: str | None = ...,
        prefix: str | None = ...,
        reverse: bool | None = ...,
        limit: int | None = ...,
        allow_concurrency: bool | None = ...,
        no_cache: bool | None = ...,
    ) -> dict[str, T]: ...
    async def list(
        self,
        type: Any = None,
        *,
        start: str | None = None,
        start_after: str | None = None,
        end: str | None = None,
        prefix: str | None = None,
        reverse: bool | None = None,
        limit: int | None = None,
        allow_concurrency: bool | None = None,
        no_cache: bool | None = None,
    ) -> dict[str, Any]:
        """Keys and values in the order of the keys' UTF-8 bytes. All of them are read into memory.

        Args:
            type: what each value is; without it, plain Python.
            start: the first key, included.
            start_after: the key to start after; not together with `start`.
            end: the key to stop before.
            prefix: only keys that begin with it.
            reverse: from the last to the first.
            limit: at most so many.
            allow_concurrency: let other events in while this one waits for the storage.
            no_cache: do not keep the values in memory.

        Raises:
            DecodeError: a value is not of that type.

        Source: workers-rs `Storage::{list, list_with_options}`, `ListOptions`
        """
        options = convert.options(
            start=start,
            startAfter=start_after,
            end=end,
            prefix=prefix,
            reverse=reverse,
            limit=limit,
            allowConcurrency=allow_concurrency,
            noCache=no_cache,
        )
        return mapping(await calls.acall(self.js, "list", options), type)

    async def get_alarm(self, *, allow_concurrency: bool | None = None) -> datetime | None:
        """When the alarm will go off (UTC); None when none is set, or while it runs.

        Source: workers-rs `Storage::{get_alarm, get_alarm_with_options}`
        """
        due = await calls.acall(
            self.js, "getAlarm", *options_of(allowConcurrency=allow_concurrency)
        )
        due = convert.to_py(due)
        return None if due is None else from_milliseconds(due)

    async def set_alarm(
        self,
        when: ScheduledTime,
        *,
        allow_concurrency: bool | None = None,
        allow_unconfirmed: bool | None = None,
    ) -> None:
        """Have `alarm` called once, in place of an alarm that was set before.

        Args:
            when: a moment (an aware datetime), or a timedelta from now; one in the past is due at
                once.
            allow_concurrency: let other events in while this one waits for the storage.
            allow_unconfirmed: let messages out before the alarm is durable.

        Raises:
            ValueError: the datetime has no time zone.

        Source: workers-rs `Storage::{set_alarm, set_alarm_with_options}`, `ScheduledTime`
        """
        options = write_options(allow_concurrency, allow_unconfirmed, None)
        await calls.acall(self.js, "setAlarm", milliseconds(when), *options)

    async def delete_alarm(
        self, *, allow_concurrency: bool | None = None, allow_unconfirmed: bool | None = None
    ) -> None:
        """Forget the alarm; nothing happens when none is set.

        Source: workers-rs `Storage::{delete_alarm, delete_alarm_with_options}`
        """
        options = write_options(allow_concurrency, allow_unconfirmed, None)
        await calls.acall(self.js, "deleteAlarm", *options)


def options_of(**given: Any) -> tuple[Any, ...]:
    """The options as a last argument, or none at all: what is not given is not sent."""
    return (convert.options(**given),) if any(v is not None for v in given.values()) else ()


def write_options(
    allow_concurrency: bool | None, allow_unconfirmed: bool | None, no_cache: bool | None
) -> tuple[Any, ...]:
    return options_of(
        allowConcurrency=allow_concurrency, allowUnconfirmed=allow_unconfirmed, noCache=no_cache
    )


def mapping(found: Any, type: Any) -> dict[str, Any]:
    """A JavaScript Map of values as a dict in the same order."""
    values = convert.to_py(found)
    return values if type is None else convert.decode(values, dict[str, type])
