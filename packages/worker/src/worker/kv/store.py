"""One KV namespace: reading, writing, listing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, final, overload

from worker_sys import calls, convert

from worker import _jsontext, _limits
from worker._blame import blame
from worker._body import Storable, is_raw, length_of, to_body
from worker._handle import Handle
from worker.errors import KvError
from worker.kv._reading import (
    MAX_SECONDS,
    bulk_options,
    check_key,
    decoded,
    key_of,
    parsed,
    read_options,
    value_of,
    with_metadata,
)
from worker.kv.data import Key, ListResult, ValueWithMetadata

if TYPE_CHECKING:
    from typing_extensions import TypeForm

__all__ = ["KvStore"]

_VALUE_BYTES: Final = 25 * 1024 * 1024
_METADATA_BYTES: Final = 1024
_MIN_TTL: Final = 60
_LIST_KEYS: Final = 1000


@final
class KvStore(Handle):
    """One KV namespace: `env.kv("NAME")`.

    A type decides how a value is read: `str` (the default), `bytes` and `ByteStream` give it as it
    is, any other type is decoded from JSON. Writes take up to a minute to be seen elsewhere.

    Source: workers-rs `KvStore`; https://developers.cloudflare.com/kv/api/
    """

    __slots__ = ()

    @overload
    async def get(self, key: str, *, cache_ttl: float | timedelta | None = None) -> str | None: ...
    @overload
    async def get[T](
        self, key: str, type: TypeForm[T], *, cache_ttl: float | timedelta | None = None
    ) -> T | None: ...
    async def get(
        self, key: str, type: Any = str, *, cache_ttl: float | timedelta | None = None
    ) -> Any:
        """The value of a key.

        Args:
            key: 1 to 512 bytes of UTF-8.
            type: `str`, `bytes`, `ByteStream`, or the type of the JSON stored there.
            cache_ttl: how long this place may answer from its cache, in seconds, at least 30.

        Returns:
            The value, None when the key does not exist.

        Raises:
            LimitError: the key or the time is outside its limits.
            JsonError: the value is not JSON, and the type asked for it.
            DecodeError: the JSON is not of that type.
            KvError: the platform refused.

        Source: workers-rs `KvStore::get`;
        https://developers.cloudflare.com/kv/api/read-key-value-pairs/
        """
        options = read_options(key, type, cache_ttl)
        with blame(KvError):
            found = await calls.acall(self.js, "get", key, options)
        return value_of(found, type)

    @overload
    async def get_with_metadata(
        self, key: str, *, cache_ttl: float | timedelta | None = None
    ) -> ValueWithMetadata[str, Any]: ...
    @overload
    async def get_with_metadata[T](
        self, key: str, type: TypeForm[T], *, cache_ttl: float | timedelta | None = None
    ) -> ValueWithMetadata[T, Any]: ...
    @overload
    async def get_with_metadata[T, M](
        self,
        key: str,
        type: TypeForm[T],
        metadata: TypeForm[M],
        *,
        cache_ttl: float | timedelta | None = None,
    ) -> ValueWithMetadata[T, M]: ...
    async def get_with_metadata(
        self,
        key: str,
        type: Any = str,
        metadata: Any = None,
        *,
        cache_ttl: float | timedelta | None = None,
    ) -> ValueWithMetadata[Any, Any]:
        """The value of a key and the metadata beside it.

        Args:
            key: 1 to 512 bytes of UTF-8.
            type: how to read the value, as in `get`.
            metadata: the type of the metadata; plain Python values when not given.
            cache_ttl: how long this place may answer from its cache, in seconds, at least 30.

        Returns:
            Both, each None when there is none.

        Raises:
            LimitError, JsonError, DecodeError, KvError: as `get`.

        Source: workers-rs `GetOptionsBuilder::{text,json,bytes,stream}_with_metadata`
        """
        options = read_options(key, type, cache_ttl)
        with blame(KvError):
            found = await calls.acall(self.js, "getWithMetadata", key, options)
        return ValueWithMetadata(
            value=value_of(found.value, type),
            metadata=decoded(convert.to_py(found.metadata), metadata),
            cache_status=convert.to_py(getattr(found, "cacheStatus", None)),
        )

    @overload
    async def get_many(
        self, keys: Iterable[str], *, cache_ttl: float | timedelta | None = None
    ) -> dict[str, str | None]: ...
    @overload
    async def get_many[T](
        self,
        keys: Iterable[str],
        type: TypeForm[T],
        *,
        cache_ttl: float | timedelta | None = None,
    ) -> dict[str, T | None]: ...
    async def get_many(
        self,
        keys: Iterable[str],
        type: Any = str,
        *,
        cache_ttl: float | timedelta | None = None,
    ) -> dict[str, Any]:
        """The values of up to 100 keys in one call.

        Args:
            keys: at most 100.
            type: `str`, or the type of the JSON stored there; bulk reads have no bytes or streams.
            cache_ttl: how long this place may answer from its cache, in seconds, at least 30.

        Returns:
            One entry a key, None for those that do not exist; `{}` for no keys, without a call.

        Raises:
            LimitError: more than 100 keys, or one outside its limits.
            KvError: the platform refused: the values together may hold 25 MiB.

        Source: workers-rs `KvStore::get_bulk`
        """
        wanted, options = bulk_options(keys, type, cache_ttl)
        if not wanted:
            return {}
        with blame(KvError):
            found = await calls.acall(self.js, "get", wanted, options)
        values = convert.to_py(found)
        return {key: parsed(values.get(key), type) for key in wanted}

    @overload
    async def get_many_with_metadata(
        self, keys: Iterable[str], *, cache_ttl: float | timedelta | None = None
    ) -> dict[str, ValueWithMetadata[str, Any]]: ...
    @overload
    async def get_many_with_metadata[T](
        self, keys: Iterable[str], type: TypeForm[T], *, cache_ttl: float | timedelta | None = None
    ) -> dict[str, ValueWithMetadata[T, Any]]: ...
    @overload
    async def get_many_with_metadata[T, M](
        self,
        keys: Iterable[str],
        type: TypeForm[T],
        metadata: TypeForm[M],
        *,
        cache_ttl: float | timedelta | None = None,
    ) -> dict[str, ValueWithMetadata[T, M]]: ...
    async def get_many_with_metadata(
        self,
        keys: Iterable[str],
        type: Any = str,
        metadata: Any = None,
        *,
        cache_ttl: float | timedelta | None = None,
    ) -> dict[str, ValueWithMetadata[Any, Any]]:
        """The values and metadata of up to 100 keys in one call; see `get_many`.

        Source: workers-rs `GetBulkBuilder::{text,json}_with_metadata`
        """
        wanted, options = bulk_options(keys, type, cache_ttl)
        if not wanted:
            return {}
        with blame(KvError):
            found = await calls.acall(self.js, "getWithMetadata", wanted, options)
        entries = convert.to_py(found)
        return {key: with_metadata(entries.get(key) or {}, type, metadata) for key in wanted}

    async def put(
        self,
        key: str,
        value: Storable | Any,
        *,
        expiration: float | datetime | None = None,
        expiration_ttl: float | timedelta | None = None,
        metadata: Any = None,
    ) -> None:
        """Store a value.

        Args:
            key: 1 to 512 bytes of UTF-8, not `.` or `..`.
            value: text, bytes or a stream, stored as it is; anything else as JSON (numbers and
                booleans are their own text). At most 25 MiB.
            expiration: when it expires, in seconds since 1970, at least 60 seconds from now.
            expiration_ttl: or how long it lives, in seconds, at least 60.
            metadata: anything JSON, at most 1024 bytes of it.

        Raises:
            LimitError: the key, value, metadata or time is outside its limits.
            JsonError: the value has no JSON form.
            KvError: the platform refused: more than one write a second to one key, say.

        Source: workers-rs `KvStore::{put, put_bytes, put_stream}`;
        https://developers.cloudflare.com/kv/api/write-key-value-pairs/
        """
        check_key(key)
        ttl, moment = _limits.seconds(expiration_ttl), _limits.unix_seconds(expiration)
        if ttl is not None:
            _limits.at_least("expiration_ttl", ttl, _MIN_TTL, "seconds")
            _limits.at_most("expiration_ttl", ttl, MAX_SECONDS, "seconds")
        if moment is not None:
            _limits.at_most("expiration", moment, MAX_SECONDS, "seconds since 1970")
        if metadata is not None:
            text = _jsontext.to_json(metadata)
            _limits.at_most("metadata", _limits.utf8_length(text), _METADATA_BYTES, "bytes")
            metadata = _jsontext.from_json(text)
        stored = value if is_raw(value) else _jsontext.to_json(value)
        _limits.at_most(f"value of {key!r}", length_of(stored) or 0, _VALUE_BYTES, "bytes")
        options = convert.options(expiration=moment, expirationTtl=ttl, metadata=metadata)
        with blame(KvError):
            await calls.acall(self.js, "put", key, to_body(stored), options)

    async def delete(self, key: str) -> None:
        """Remove a key; one that does not exist is no error.

        Raises:
            LimitError: the key is outside its limits.
            KvError: the platform refused.

        Source: workers-rs `KvStore::delete`;
        https://developers.cloudflare.com/kv/api/delete-key-value-pairs/
        """
        check_key(key)
        with blame(KvError):
            await calls.acall(self.js, "delete", key)

    @overload
    async def list(
        self, *, prefix: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> ListResult[Any]: ...
    @overload
    async def list[M](
        self,
        metadata: TypeForm[M],
        *,
        prefix: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ListResult[M]: ...
    async def list(
        self,
        metadata: Any = None,
        *,
        prefix: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ListResult[Any]:
        """One page of keys; `keys()` goes over all of them.

        Args:
            metadata: the type of the keys' metadata; plain Python values when not given.
            prefix: only keys that begin with it.
            limit: keys a page, 1 to 1000 (the default).
            cursor: where to begin: the `cursor` of the page before.

        Raises:
            LimitError: `limit` is outside its range.
            DecodeError: a key's metadata is not of that type.
            KvError: the platform refused.

        Source: workers-rs `KvStore::list`; https://developers.cloudflare.com/kv/api/list-keys/
        """
        _limits.page(limit, _LIST_KEYS, "keys")
        options = convert.options(prefix=prefix, limit=limit, cursor=cursor)
        with blame(KvError):
            page = convert.to_py(await calls.acall(self.js, "list", options))
        return ListResult(
            keys=tuple(key_of(entry, metadata) for entry in page["keys"]),
            list_complete=page["list_complete"],
            cursor=page.get("cursor") or None,
            cache_status=page.get("cacheStatus"),
        )

    @overload
    def keys(self, *, prefix: str | None = None) -> AsyncIterator[Key[Any]]: ...
    @overload
    def keys[M](
        self, metadata: TypeForm[M], *, prefix: str | None = None
    ) -> AsyncIterator[Key[M]]: ...
    async def keys(
        self, metadata: Any = None, *, prefix: str | None = None
    ) -> AsyncIterator[Key[Any]]:
        """Every key, page after page: `async for key in kv.keys(prefix="user:")`.

        Args:
            metadata: the type of the keys' metadata; plain Python values when not given.
            prefix: only keys that begin with it.

        Raises:
            DecodeError, KvError: as `list`, while iterating.
        """
        cursor: str | None = None
        while True:
            page: ListResult[Any] = await self.list(metadata, prefix=prefix, cursor=cursor)
            for key in page.keys:
                yield key
            if page.list_complete:
                return
            cursor = page.cursor
