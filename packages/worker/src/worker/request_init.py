"""Options of outgoing requests. Only what is given is sent.

Source: workers-rs `RequestInit`, `CfProperties`;
https://developers.cloudflare.com/workers/runtime-apis/request/#the-cf-property-requestinitcfproperties
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from worker._spelling import camel

if TYPE_CHECKING:
    from worker.abort import AbortSignal
    from worker.body import BodySource
    from worker.headers import HeadersLike
    from worker.method import Method
    from worker.resize import ResizeConfig

__all__ = [
    "CacheMode",
    "CfProperties",
    "Minify",
    "PolishConfig",
    "R2Properties",
    "RequestInit",
    "RequestRedirect",
]


class RequestRedirect(StrEnum):
    """What to do about a redirect: fail, follow it (the platform's default), or hand it back."""

    ERROR = "error"
    FOLLOW = "follow"
    MANUAL = "manual"


class CacheMode(StrEnum):
    """How the request uses the cache in front of the origin."""

    NO_STORE = "no-store"
    NO_CACHE = "no-cache"
    RELOAD = "reload"


class PolishConfig(StrEnum):
    """How images are optimised on their way."""

    OFF = "off"
    LOSSY = "lossy"
    LOSSLESS = "lossless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minify:
    """Which kinds of files are minified."""

    javascript: bool | None = None
    css: bool | None = None
    html: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class R2Properties:
    """How a request reaches an R2 bucket's public domain."""

    bucket_colo_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CfProperties:
    """Cloudflare's own options of a request. A member that is None is not sent.

    Attributes:
        apps: whether Cloudflare Apps run on the response.
        cache_control: a `Cache-Control` value that replaces the origin's.
        cache_deception_armor: refuse to cache a response whose type belies its extension.
        cache_everything: cache whatever the content type is.
        cache_key: what the cached response is stored under (Enterprise).
        cache_reserve_eligible: whether Cache Reserve may keep the response.
        cache_reserve_minimum_file_size: bytes from which Cache Reserve keeps it.
        cache_tags: tags to purge the response by.
        cache_ttl: seconds to cache a success; 0 caches and revalidates, -1 does not cache.
        cache_ttl_by_status: seconds by status or range: `{"200-299": 86400, "404": 1}`.
        grpc_web: hand gRPC-web on, or convert it.
        image: options of image resizing, see `ResizeConfig`.
        minify: which kinds of files to minify.
        mirage: whether Mirage may change images.
        polish: how to optimise images.
        r2: options for a bucket's public domain.
        resolve_override: another host of the same zone to connect to.
        respect_strong_etag: keep strong ETags.
        scrape_shield: whether Scrape Shield runs on the response.
        strip_etags: remove ETags.
        strip_last_modified: remove `Last-Modified`.
        vary: how `Vary` takes part in the cache key, as the platform spells it.

    Source: workers-rs `CfProperties`.
    """

    apps: bool | None = None
    cache_control: str | None = None
    cache_deception_armor: bool | None = None
    cache_everything: bool | None = None
    cache_key: str | None = None
    cache_reserve_eligible: bool | None = None
    cache_reserve_minimum_file_size: int | None = None
    cache_tags: Sequence[str] | None = None
    cache_ttl: int | None = None
    cache_ttl_by_status: Mapping[str, int] | None = None
    grpc_web: Literal["passthrough", "convert"] | None = None
    image: ResizeConfig | None = None
    minify: Minify | None = None
    mirage: bool | None = None
    polish: PolishConfig | Literal["off", "lossy", "lossless"] | None = None
    r2: R2Properties | None = None
    resolve_override: str | None = None
    respect_strong_etag: bool | None = None
    scrape_shield: bool | None = None
    strip_etags: bool | None = None
    strip_last_modified: bool | None = None
    vary: Mapping[str, Any] | None = None


class RequestInit(TypedDict, total=False):
    """Every option of `Request(url, …)` and `fetch(url, …)`, for annotations of your own.

    Source: workers-rs `RequestInit`.
    """

    method: Method | str
    headers: HeadersLike
    body: BodySource
    json: Any
    redirect: RequestRedirect | Literal["error", "follow", "manual"]
    cache: CacheMode | Literal["no-store", "no-cache", "reload"]
    cf: CfProperties | Mapping[str, Any]
    signal: AbortSignal
    integrity: str
    encode_response_body: Literal["automatic", "manual"]


def plain_members(record: Any) -> dict[str, Any]:
    """The members of a dataclass that were given, by their JavaScript names."""
    given = ((spec.name, getattr(record, spec.name)) for spec in dataclasses.fields(record))
    return {camel(name): plain(member) for name, member in given if member is not None}


def plain(value: Any) -> Any:
    """Options as JavaScript takes them: records become dicts, what is None is left out."""
    to_dict = getattr(value, "_to_dict", None)
    if to_dict is not None:
        return to_dict()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain_members(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return {str(key): plain(member) for key, member in pairs if member is not None}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(member) for member in cast("Sequence[Any]", value)]
    return value
