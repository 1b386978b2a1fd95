"""The worker's bindings, reached from outside through Miniflare's own API.

What a test writes here the worker reads, and the other way round: it is the same storage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Call = Callable[..., Any]


def _given(**options: Any) -> dict[str, Any]:
    """Keep the options that were given: what is None is never sent."""
    return {name: value for name, value in options.items() if value is not None}


@dataclass(frozen=True, slots=True)
class KvKey:
    """One key of a listing: its name, its expiry in seconds since the epoch, its metadata."""

    name: str
    expiration: int | None
    metadata: Any


@dataclass(frozen=True, slots=True)
class KvList:
    """A page of keys in order; `cursor` is None on the last page."""

    keys: tuple[KvKey, ...]
    cursor: str | None


class Kv:
    """A KV namespace.

    Source: https://developers.cloudflare.com/kv/api/
    """

    def __init__(self, call: Call, name: str) -> None:
        self._call = call
        self._name = name

    def get(self, key: str) -> str | None:
        """Return the value as text, or None when there is none."""
        return self._run("get", key, "text")

    def get_bytes(self, key: str) -> bytes | None:
        """Return the value as bytes, or None when there is none."""
        return self._run("get", key, "arrayBuffer")

    def get_with_metadata(self, key: str) -> tuple[str | None, Any]:
        """Return the value as text and its metadata, each None when there is none."""
        found = self._run("getWithMetadata", key, "text")
        return found["value"], found["metadata"]

    def put(
        self,
        key: str,
        value: str | bytes,
        *,
        expiration: int | None = None,
        expiration_ttl: int | None = None,
        metadata: Any = None,
    ) -> None:
        """Store a value.

        Args:
            key: at most 512 bytes.
            value: at most 25 MiB.
            expiration: seconds since the epoch.
            expiration_ttl: seconds from now, at least 60.
            metadata: JSON-able, at most 1024 bytes.
        """
        options = _given(expiration=expiration, expirationTtl=expiration_ttl, metadata=metadata)
        self._run("put", key, value, options)

    def delete(self, key: str) -> None:
        """Remove a key; a missing one is no error."""
        self._run("delete", key)

    def list(
        self, *, prefix: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> KvList:
        """Return a page of at most `limit` (1 to 1000) keys."""
        page = self._run("list", _given(prefix=prefix, limit=limit, cursor=cursor))
        keys = (KvKey(k["name"], k.get("expiration"), k.get("metadata")) for k in page["keys"])
        return KvList(tuple(keys), page.get("cursor") or None)

    def _run(self, method: str, *args: Any) -> Any:
        return self._call("binding", kind="kv", name=self._name, method=method, args=args)


class D1:
    """A D1 database.

    Source: https://developers.cloudflare.com/d1/worker-api/
    """

    def __init__(self, call: Call, name: str) -> None:
        self._call = call
        self._name = name

    def exec(self, sql: str) -> None:
        """Run statements without parameters, one a line."""
        self._call("binding", kind="d1", name=self._name, method="exec", args=[sql])

    def query(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """Run one statement with its parameters and return its rows, keyed by column."""
        return self._call("d1", name=self._name, sql=sql, params=params)


@dataclass(frozen=True, slots=True)
class R2Object:
    """An object of a bucket; `body` is None where only its head was asked for."""

    key: str
    size: int
    etag: str
    uploaded: datetime
    http_metadata: dict[str, Any]
    custom_metadata: dict[str, str]
    body: bytes | None


class R2:
    """An R2 bucket.

    Source: https://developers.cloudflare.com/r2/api/workers/workers-api-reference/
    """

    def __init__(self, call: Call, name: str) -> None:
        self._call = call
        self._name = name

    def put(
        self,
        key: str,
        value: str | bytes,
        *,
        http_metadata: Mapping[str, str] | None = None,
        custom_metadata: Mapping[str, str] | None = None,
    ) -> R2Object:
        """Store an object and return its head.

        Args:
            key: at most 1024 bytes.
            value: the body.
            http_metadata: `contentType`, `contentLanguage`, `cacheControl`, …
            custom_metadata: names and values of your own.
        """
        options = _given(httpMetadata=http_metadata, customMetadata=custom_metadata)
        return _r2_object(self._run("put", key, value, options))

    def get(self, key: str) -> R2Object | None:
        """Return an object with its body, or None."""
        found = self._run("get", key)
        return None if found is None else _r2_object(found)

    def head(self, key: str) -> R2Object | None:
        """Return an object without its body, or None."""
        found = self._run("head", key)
        return None if found is None else _r2_object(found)

    def list(self, *, prefix: str | None = None) -> list[R2Object]:
        """Return the heads of all objects, in the order of their keys."""
        found: list[R2Object] = []
        cursor: str | None = None
        while True:
            options = {"include": ["httpMetadata", "customMetadata"]}
            page = self._run("list", {**options, **_given(prefix=prefix, cursor=cursor)})
            found.extend(_r2_object(data) for data in page["objects"])
            cursor = page["cursor"]
            if not page["truncated"]:
                return found

    def delete(self, *keys: str) -> None:
        """Remove objects; missing ones are no error."""
        self._run("delete", list(keys))

    def _run(self, method: str, *args: Any) -> Any:
        return self._call("r2", name=self._name, method=method, args=args)


def _r2_object(data: dict[str, Any]) -> R2Object:
    return R2Object(
        key=data["key"],
        size=data["size"],
        etag=data["etag"],
        uploaded=data["uploaded"],
        http_metadata=data.get("httpMetadata") or {},
        custom_metadata=data.get("customMetadata") or {},
        body=data.get("body"),
    )


class Queue:
    """A queue's producer.

    Source: https://developers.cloudflare.com/queues/configuration/javascript-apis/#producer
    """

    def __init__(self, call: Call, name: str) -> None:
        self._call = call
        self._name = name

    def send(
        self,
        body: Any,
        *,
        content_type: Literal["json", "text", "bytes", "v8"] | None = None,
        delay_seconds: int | None = None,
    ) -> None:
        """Send one message: JSON-able, text or bytes as `content_type` says (default `json`)."""
        options = _given(contentType=content_type, delaySeconds=delay_seconds)
        self._call("binding", kind="queue", name=self._name, method="send", args=[body, options])


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """A message that `dispatch_queue` hands to the worker.

    Attributes:
        body: JSON-able, text or bytes.
        id: unique in the batch.
        timestamp: when it was sent; now, when None.
        attempts: how often it was delivered, this time included.
    """

    body: Any
    id: str
    timestamp: datetime | None = None
    attempts: int = 1


class Secret:
    """A secret of a secrets store, from its administrator's side.

    Source: https://developers.cloudflare.com/secrets-store/integrations/workers/
    """

    def __init__(self, call: Call, name: str) -> None:
        self._call = call
        self._name = name

    def create(self, value: str) -> None:
        """Give the secret its value; until then the worker's `get` fails."""
        self._call("secret", name=self._name, method="create", args=[value])
