"""A bucket of objects.

Source: workers-rs `Bucket`;
https://developers.cloudflare.com/r2/api/workers/workers-api-reference/
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, final

from worker_sys import calls, convert

from worker import _limits
from worker._blame import blame
from worker._body import Storable, to_body
from worker._handle import Handle
from worker.errors import JsError, R2Error
from worker.r2.conditions import Conditional, Range, of_message, to_conditional, to_range
from worker.r2.multipart import MIN_PART, MultipartUpload, UploadedPart, parts_of
from worker.r2.object import HttpMetadata, Object, Objects

if TYPE_CHECKING:
    from worker.headers import Headers

__all__ = ["Bucket", "Include"]

_DELETED_AT_ONCE: Final = 1000
_LISTED_AT_ONCE: Final = 1000
_KEY_BYTES: Final = 1024

# `get` has a parameter of this name.
type _Span = range
type StorageClass = Literal["Standard", "InfrequentAccess"]


class Include(StrEnum):
    """What a listing also tells of each object."""

    HTTP_METADATA = "httpMetadata"
    CUSTOM_METADATA = "customMetadata"


@final
class Bucket(Handle):
    """A bucket: `env.bucket("PHOTOS")`. Reads see every write that finished before them.

    Source: workers-rs `Bucket`;
    https://developers.cloudflare.com/r2/api/workers/workers-api-reference/#bucket-method-definitions
    """

    __slots__ = ()

    async def head(self, key: str) -> Object | None:
        """What is known about an object, without its body.

        Returns:
            None when there is no such object.

        Raises:
            LimitError: the key is not 1 to 1024 bytes long; so do all other methods.
            R2Error: R2 refused.

        Source: workers-rs `Bucket::head`
        """
        _check_key(key)
        with blame(R2Error):
            return _object(await calls.acall(self.js, "head", key))

    async def get(
        self,
        key: str,
        *,
        only_if: Conditional | Headers | None = None,
        range: Range | slice | _Span | Headers | None = None,
        ssec_key: bytes | str | None = None,
    ) -> Object | None:
        """An object and its body.

        Args:
            key: its name.
            only_if: when to send the body; a request's headers (`If-None-Match` …) will do.
            range: which part of it, at least one byte; a request's headers (`Range`) will do.
            ssec_key: the customer's key it is encrypted with, 32 bytes or hexadecimal.

        Returns:
            None when there is no such object; an object whose `body` is None when the condition
            does not hold.

        Raises:
            R2Error: R2 refused: the range lies outside the object, the key is wrong.

        Source: workers-rs `Bucket::get`
        """
        _check_key(key)
        options = convert.options(
            onlyIf=to_conditional(only_if), range=to_range(range), ssecKey=ssec_key
        )
        with blame(R2Error):
            return _object(await calls.acall(self.js, "get", key, options))

    async def put(
        self,
        key: str,
        value: Storable | None,
        *,
        only_if: Conditional | Headers | None = None,
        http_metadata: HttpMetadata | Headers | None = None,
        custom_metadata: Mapping[str, str] | None = None,
        md5: bytes | str | None = None,
        sha1: bytes | str | None = None,
        sha256: bytes | str | None = None,
        sha384: bytes | str | None = None,
        sha512: bytes | str | None = None,
        storage_class: StorageClass | None = None,
        ssec_key: bytes | str | None = None,
    ) -> Object | None:
        """Store an object.

        Args:
            key: its name, at most 1024 bytes.
            value: the body, None for an empty one. R2 must know the length of a stream: a
                `FixedLengthStream`, or a message's body with a `Content-Length`; for others there
                is `upload`.
            only_if: when to store it; a request's headers will do.
            http_metadata: the headers it is to have; a request's headers will do.
            custom_metadata: your own, at most 2048 bytes.
            md5: the digest that the body must have, bytes or hexadecimal; at most one of the five.
            sha1: see `md5`.
            sha256: see `md5`.
            sha384: see `md5`.
            sha512: see `md5`.
            storage_class: the bucket's own when not given.
            ssec_key: the customer's key to encrypt it with, 32 bytes or hexadecimal.

        Returns:
            What was stored; None when the condition did not hold and nothing was.

        Raises:
            R2Error: R2 refused: a digest differs, a name is too long, the length is not known.

        Source: workers-rs `Bucket::put`
        """
        _check_key(key)
        options = convert.options(
            onlyIf=to_conditional(only_if),
            httpMetadata=_http_metadata(http_metadata),
            customMetadata=None if custom_metadata is None else dict(custom_metadata),
            md5=md5,
            sha1=sha1,
            sha256=sha256,
            sha384=sha384,
            sha512=sha512,
            storageClass=storage_class,
            ssecKey=ssec_key,
        )
        body = None if value is None else to_body(value)
        with blame(R2Error), _length_needed():
            return _object(await calls.acall(self.js, "put", key, body, options))

    async def delete(self, key: str) -> None:
        """Delete an object; one that does not exist is no error.

        Source: workers-rs `Bucket::delete`
        """
        _check_key(key)
        with blame(R2Error):
            await calls.acall(self.js, "delete", key)

    async def delete_multiple(self, keys: Iterable[str]) -> None:
        """Delete up to 1000 objects in one call.

        Raises:
            LimitError: more than 1000 keys.

        Source: workers-rs `Bucket::delete_multiple`
        """
        wanted = [keys] if isinstance(keys, str) else [*keys]
        _limits.at_most("keys to delete", len(wanted), _DELETED_AT_ONCE, "keys")
        for key in wanted:
            _check_key(key)
        if wanted:
            with blame(R2Error):
                await calls.acall(self.js, "delete", wanted)

    async def list(
        self,
        *,
        prefix: str | None = None,
        delimiter: str | None = None,
        start_after: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        include: Iterable[Include | Literal["httpMetadata", "customMetadata"]] | None = None,
    ) -> Objects:
        """One page of objects; `objects()` goes over all of them.

        Args:
            prefix: only keys that begin with it.
            delimiter: fold what follows it, as folders do; see `Objects.delimited_prefixes`.
            start_after: only keys after this one.
            limit: objects a page, 1 to 1000 (the default); fewer may come with metadata.
            cursor: where to begin: the `cursor` of the page before.
            include: what else to tell of each object.

        Raises:
            LimitError: `limit` is outside its range.
            R2Error: R2 refused.

        Source: workers-rs `Bucket::list`
        """
        _limits.page(limit, _LISTED_AT_ONCE, "objects")
        options = convert.options(
            prefix=prefix,
            delimiter=delimiter,
            startAfter=start_after,
            limit=limit,
            cursor=cursor,
            include=None if include is None else [str(each) for each in include],
        )
        with blame(R2Error):
            page = await calls.acall(self.js, "list", options)
        return Objects(
            objects=tuple(Object._from_js(found) for found in page.objects),
            truncated=bool(page.truncated),
            cursor=convert.to_py(getattr(page, "cursor", None)) if page.truncated else None,
            delimited_prefixes=tuple(convert.to_py(page.delimitedPrefixes)),
        )

    async def objects(
        self,
        *,
        prefix: str | None = None,
        start_after: str | None = None,
        include: Iterable[Include | Literal["httpMetadata", "customMetadata"]] | None = None,
    ) -> AsyncIterator[Object]:
        """Every object, page after page: `async for photo in bucket.objects(prefix="2026/")`.

        Args:
            prefix: only keys that begin with it.
            start_after: only keys after this one.
            include: what else to tell of each object.

        Raises:
            R2Error: R2 refused, while iterating.
        """
        wanted = None if include is None else tuple(include)
        cursor: str | None = None
        while True:
            page = await self.list(
                prefix=prefix, start_after=start_after, cursor=cursor, include=wanted
            )
            for found in page.objects:
                yield found
            if not page.truncated:
                return
            cursor = page.cursor

    async def create_multipart_upload(
        self,
        key: str,
        *,
        http_metadata: HttpMetadata | Headers | None = None,
        custom_metadata: Mapping[str, str] | None = None,
        storage_class: StorageClass | None = None,
        ssec_key: bytes | str | None = None,
    ) -> MultipartUpload:
        """Begin an upload in parts; `upload` does all of it for an iterable of chunks.

        Args:
            key: the name of the object to be.
            http_metadata: as in `put`.
            custom_metadata: as in `put`.
            storage_class: as in `put`.
            ssec_key: as in `put`; each part needs it again.

        Raises:
            R2Error: R2 refused.

        Source: workers-rs `Bucket::create_multipart_upload`
        """
        _check_key(key)
        options = convert.options(
            httpMetadata=_http_metadata(http_metadata),
            customMetadata=None if custom_metadata is None else dict(custom_metadata),
            storageClass=storage_class,
            ssecKey=ssec_key,
        )
        with blame(R2Error):
            upload = await calls.acall(self.js, "createMultipartUpload", key, options)
        return MultipartUpload._from_js(upload)

    def resume_multipart_upload(self, key: str, upload_id: str) -> MultipartUpload:
        """An upload that was begun elsewhere. Whether it exists is known when a part is uploaded.

        Source: workers-rs `Bucket::resume_multipart_upload`
        """
        _check_key(key)
        with blame(R2Error):
            upload = calls.call(self.js, "resumeMultipartUpload", key, upload_id)
        return MultipartUpload._from_js(upload)

    async def upload(
        self,
        key: str,
        chunks: AsyncIterable[bytes | str] | Iterable[bytes | str],
        *,
        part_size: int = 2 * MIN_PART,
        http_metadata: HttpMetadata | Headers | None = None,
        custom_metadata: Mapping[str, str] | None = None,
        storage_class: StorageClass | None = None,
        ssec_key: bytes | str | None = None,
    ) -> Object:
        """Store what an iterable yields, of any length, one part in memory at a time.

        Args:
            key: the name of the object to be.
            chunks: bytes or text (sent as UTF-8), in pieces of any size.
            part_size: bytes of a part, at least 5 MiB; R2 takes 10000 parts.
            http_metadata: as in `put`.
            custom_metadata: as in `put`.
            storage_class: as in `put`.
            ssec_key: as in `put`.

        Returns:
            The object. When anything fails, the upload is aborted and nothing is stored.

        Raises:
            LimitError: the parts are too small, or too many.
            R2Error: R2 refused.
        """
        _limits.at_least("part_size", part_size, MIN_PART, "bytes")
        upload = await self.create_multipart_upload(
            key,
            http_metadata=http_metadata,
            custom_metadata=custom_metadata,
            storage_class=storage_class,
            ssec_key=ssec_key,
        )
        try:
            number = 0
            uploaded: list[UploadedPart] = []
            async for part in parts_of(chunks, part_size):
                number += 1
                uploaded.append(await upload.upload_part(number, part, ssec_key=ssec_key))
            return await upload.complete(uploaded)
        except BaseException:
            await upload.abort()
            raise


def _check_key(key: str) -> None:
    _limits.expect_text("a key", key)
    length = _limits.utf8_length(key)
    _limits.at_least("key", length, 1, "bytes")
    if length > _KEY_BYTES:
        _limits.at_most(f"key {key[:40]!r}…", length, _KEY_BYTES, "bytes")


@contextmanager
def _length_needed() -> Generator[None]:
    """Say what to do with a stream whose length R2 is not told."""
    try:
        yield
    except JsError as error:
        if "known length" in error.message:
            error.add_note("`bucket.upload(key, chunks)` stores what has no known length.")
        raise


def _object(found: Any) -> Object | None:
    return None if not hasattr(found, "key") else Object._from_js(found)


def _http_metadata(metadata: HttpMetadata | Headers | None) -> Any:
    if metadata is None:
        return None
    if isinstance(metadata, HttpMetadata):
        return convert.options(**metadata._fields())
    return of_message(metadata, "http_metadata", "HttpMetadata")
