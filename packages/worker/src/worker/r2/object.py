"""Objects in R2: what is known about one, and its body.

Source: workers-rs `Object`, `ObjectBody`;
https://developers.cloudflare.com/r2/api/workers/workers-api-reference/#r2object-definition
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, final, overload

from worker_sys import calls, convert

from worker import _jsontext
from worker._blame import blame
from worker._handle import Handle
from worker.errors import BodyUsedError, R2Error
from worker.r2.conditions import Range, moment

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from worker.blob import Blob
    from worker.headers import Headers
    from worker.response import Response
    from worker.streams import ByteStream

__all__ = ["HttpMetadata", "Object", "ObjectBody", "Objects", "R2Checksums"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMetadata:
    """The headers that belong to an object.

    Attributes:
        content_type: `Content-Type`.
        content_language: `Content-Language`.
        content_disposition: `Content-Disposition`.
        content_encoding: `Content-Encoding`.
        cache_control: `Cache-Control`.
        cache_expiry: `Expires`.

    Source: workers-rs `HttpMetadata`.
    """

    content_type: str | None = None
    content_language: str | None = None
    content_disposition: str | None = None
    content_encoding: str | None = None
    cache_control: str | None = None
    cache_expiry: datetime | None = None

    @classmethod
    def _of(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            content_type=found.get("contentType"),
            content_language=found.get("contentLanguage"),
            content_disposition=found.get("contentDisposition"),
            content_encoding=found.get("contentEncoding"),
            cache_control=found.get("cacheControl"),
            cache_expiry=found.get("cacheExpiry"),
        )

    def _fields(self) -> dict[str, Any]:
        return {
            "contentType": self.content_type,
            "contentLanguage": self.content_language,
            "contentDisposition": self.content_disposition,
            "contentEncoding": self.content_encoding,
            "cacheControl": self.cache_control,
            "cacheExpiry": moment(self.cache_expiry),
        }


@dataclass(frozen=True, slots=True)
class R2Checksums:
    """The digests stored with an object; MD5 is there unless it was uploaded in parts.

    Source: workers-rs `R2Checksums`.
    """

    md5: bytes | None = None
    sha1: bytes | None = None
    sha256: bytes | None = None
    sha384: bytes | None = None
    sha512: bytes | None = None

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        names = ("md5", "sha1", "sha256", "sha384", "sha512")
        return cls(**{name: convert.to_py(getattr(js, name, None)) for name in names})


@dataclass(frozen=True, slots=True)
class Object:
    """One object: everything about it, and its body when it was asked for with `get`.

    Attributes:
        key: its name.
        version: identifies this upload of the key.
        size: bytes of the whole object, also when a part of it was asked for.
        etag: its hash, without quotes.
        http_etag: the same with quotes, as the `ETag` header has it.
        uploaded: when it was uploaded, in UTC.
        checksums: the digests stored with it.
        http_metadata: its headers; all None in a listing that did not include them.
        custom_metadata: your own; empty in a listing that did not include it.
        range: which part of the object `body` is; None after `head`, `put` and `list`.
        storage_class: `Standard` or `InfrequentAccess`; None where it is not told, as locally.
        ssec_key_md5: the digest of the customer's key it is encrypted with, None without one.
        body: what to read; None after `head`, `put` and `list`, and when a condition did not hold.
        js: the JavaScript object itself.

    Source: workers-rs `Object`.
    """

    key: str
    version: str
    size: int
    etag: str
    http_etag: str
    uploaded: datetime
    checksums: R2Checksums = field(default_factory=R2Checksums)
    http_metadata: HttpMetadata = field(default_factory=HttpMetadata)
    custom_metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    range: Range | None = None
    storage_class: str | None = None
    ssec_key_md5: str | None = None
    body: ObjectBody | None = field(default=None, repr=False, compare=False)
    js: Any = field(default=None, repr=False, compare=False)

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        return cls(
            key=js.key,
            version=js.version,
            size=int(js.size),
            etag=js.etag,
            http_etag=js.httpEtag,
            uploaded=convert.to_py(js.uploaded),
            checksums=R2Checksums._from_js(js.checksums),
            http_metadata=HttpMetadata._of(_mapping(js, "httpMetadata")),
            custom_metadata=_mapping(js, "customMetadata"),
            range=_range(_mapping(js, "range")),
            storage_class=convert.to_py(getattr(js, "storageClass", None)) or None,
            ssec_key_md5=convert.to_py(getattr(js, "ssecKeyMd5", None)),
            body=ObjectBody._from_js(js) if hasattr(js, "arrayBuffer") else None,
            js=js,
        )

    def write_http_metadata(self, headers: Headers) -> None:
        """Set the headers of `http_metadata` that are there.

        Args:
            headers: those of a response being made.

        Source: workers-rs `Object::write_http_metadata`
        """
        for name, value in _written(self.js):
            headers[name] = value


@final
class ObjectBody(Handle):
    """The body of an object, read once.

    Source: workers-rs `ObjectBody`.
    """

    __slots__ = ()

    @property
    def used(self) -> bool:
        """Whether it was read."""
        return bool(self.js.bodyUsed)

    def stream(self) -> ByteStream:
        """The bytes as they arrive.

        Raises:
            BodyUsedError: it was read before.

        Source: workers-rs `ObjectBody::stream`
        """
        from worker.streams import ByteStream

        self._once()
        return ByteStream._from_js(self.js.body)

    def response(self) -> Response:
        """A response with this body, its metadata as headers and the ETag; the bytes stay outside.

        Raises:
            BodyUsedError: it was read before.

        Source: workers-rs `ObjectBody::response_body`
        """
        from worker.response import Response

        response = Response.from_stream(self.stream())
        for name, value in _written(self.js):
            response.headers[name] = value
        response.headers["etag"] = self.js.httpEtag
        return response

    async def bytes(self) -> bytes:
        """All of it.

        Raises:
            BodyUsedError: it was read before.

        Source: workers-rs `ObjectBody::bytes`
        """
        return convert.to_py(await self._read("arrayBuffer"))

    async def text(self) -> str:
        """All of it as UTF-8.

        Raises:
            BodyUsedError: it was read before.

        Source: workers-rs `ObjectBody::text`
        """
        return await self._read("text")

    @overload
    async def json(self) -> Any: ...
    @overload
    async def json[T](self, type: TypeForm[T]) -> T: ...
    async def json(self, type: Any = None) -> Any:
        """All of it as JSON.

        Args:
            type: the type to decode to; plain Python values when not given.

        Raises:
            BodyUsedError: it was read before.
            JsonError: it is not JSON.
            DecodeError: it is, but not of that type.
        """
        return _jsontext.from_json(await self.text(), type)

    async def blob(self) -> Blob:
        """All of it, with its content type.

        Raises:
            BodyUsedError: it was read before.
        """
        from worker.blob import Blob

        return Blob._from_js(await self._read("blob"))

    async def _read(self, method: str) -> Any:
        self._once()
        with blame(R2Error):
            return await calls.acall(self.js, method)

    def _once(self) -> None:
        if self.used:
            raise BodyUsedError


@dataclass(frozen=True, slots=True)
class Objects:
    """One page of a listing, sorted by key.

    Attributes:
        objects: at most 1000.
        truncated: whether there are more pages.
        cursor: where the next page begins; None on the last one.
        delimited_prefixes: with a delimiter, the prefixes that were folded together.

    Source: workers-rs `Objects`.
    """

    objects: tuple[Object, ...]
    truncated: bool
    cursor: str | None = None
    delimited_prefixes: tuple[str, ...] = ()


def _written(js: Any) -> list[tuple[str, str]]:
    """The HTTP metadata as header lines."""
    from worker._js_headers import to_js_headers
    from worker.headers import Headers

    headers = to_js_headers(())
    calls.call(js, "writeHttpMetadata", headers)
    return Headers._from_js(headers).multi_items()


def _mapping(js: Any, name: str) -> dict[str, Any]:
    return convert.to_py(getattr(js, name, None)) or {}


def _range(found: dict[str, Any]) -> Range | None:
    parts = {name: found.get(name) for name in ("offset", "length", "suffix")}
    if all(part is None for part in parts.values()):
        return None
    return Range(**parts)
