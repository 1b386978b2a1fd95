"""What KV answers: listings, and values with their metadata."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Key", "ListResult", "ValueWithMetadata"]


@dataclass(frozen=True, slots=True)
class Key[M]:
    """One entry of a listing.

    Attributes:
        name: the key.
        expiration: when it expires, in seconds since 1970; None for never.
        metadata: what was stored beside the value, None for nothing.
    """

    name: str
    expiration: int | None = None
    metadata: M | None = None


@dataclass(frozen=True, slots=True)
class ListResult[M]:
    """One page of keys, sorted by their UTF-8 bytes.

    Attributes:
        keys: at most 1000; a page may be short, even empty, without being the last.
        list_complete: whether this was the last page.
        cursor: where the next page begins; None on the last one.
        cache_status: what Cloudflare's cache said, None where it says nothing.
    """

    keys: tuple[Key[M], ...]
    list_complete: bool
    cursor: str | None = None
    cache_status: str | None = None


@dataclass(frozen=True, slots=True)
class ValueWithMetadata[T, M]:
    """A value and what was stored beside it.

    Attributes:
        value: None when the key does not exist.
        metadata: None when there is none.
        cache_status: what Cloudflare's cache said, None where it says nothing.
    """

    value: T | None = None
    metadata: M | None = None
    cache_status: str | None = None
