"""Uploads in parts: for what is too large for one request, or not all there yet.

Source: workers-rs `MultipartUpload`;
https://developers.cloudflare.com/r2/api/workers/workers-multipart-usage/
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final, final

from worker_sys import calls, convert

from worker import _limits
from worker._blame import blame
from worker._body import Storable, to_body
from worker._handle import Handle
from worker._producer import chunks_of, to_bytes
from worker.errors import R2Error
from worker.r2.object import Object

__all__ = ["MIN_PART", "MultipartUpload", "UploadedPart", "parts_of"]

MIN_PART: Final = 5 * 1024 * 1024
"""Bytes of the smallest part, the last one excepted; all parts but the last have one size."""

_MAX_PARTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part that R2 has: keep it for `complete`.

    Attributes:
        part_number: 1 to 10000.
        etag: its hash.

    Source: workers-rs `UploadedPart`.
    """

    part_number: int
    etag: str


@final
class MultipartUpload(Handle):
    """An upload under way. What is neither completed nor aborted is dropped after seven days.

    Source: workers-rs `MultipartUpload`.
    """

    __slots__ = ()

    @property
    def key(self) -> str:
        """The object's name."""
        return self.js.key

    @property
    def upload_id(self) -> str:
        """What `resume_multipart_upload` asks for.

        Source: workers-rs `MultipartUpload::upload_id`
        """
        return self.js.uploadId

    async def upload_part(
        self, part_number: int, value: Storable, *, ssec_key: bytes | str | None = None
    ) -> UploadedPart:
        """Upload one part.

        Args:
            part_number: 1 to 10000; the same number again replaces the part.
            value: at least 5 MiB and as long as the other parts, the last one excepted. A stream
                must know its length (`FixedLengthStream`).
            ssec_key: the customer's key that the upload was created with, 32 bytes or hexadecimal.

        Raises:
            LimitError: the number is outside its range.
            R2Error: R2 refused the part.

        Source: workers-rs `MultipartUpload::upload_part`
        """
        _limits.at_least("part number", part_number, 1, "")
        _limits.at_most("part number", part_number, _MAX_PARTS, "")
        options = () if ssec_key is None else (convert.options(ssecKey=ssec_key),)
        with blame(R2Error):
            part = await calls.acall(self.js, "uploadPart", part_number, to_body(value), *options)
        return UploadedPart(part_number=int(part.partNumber), etag=part.etag)

    async def complete(self, parts: Iterable[UploadedPart]) -> Object:
        """Make the object of its parts.

        Args:
            parts: all that were uploaded, in any order.

        Raises:
            R2Error: a part is missing, too small, or of another length than the rest.

        Source: workers-rs `MultipartUpload::complete`
        """
        uploaded = [
            convert.options(partNumber=part.part_number, etag=part.etag)
            for part in sorted(parts, key=lambda part: part.part_number)
        ]
        with blame(R2Error):
            return Object._from_js(await calls.acall(self.js, "complete", uploaded))

    async def abort(self) -> None:
        """Give up: the parts are deleted.

        Raises:
            R2Error: there is no such upload any more.

        Source: workers-rs `MultipartUpload::abort`
        """
        with blame(R2Error):
            await calls.acall(self.js, "abort")


async def parts_of(
    chunks: AsyncIterable[bytes | str] | Iterable[bytes | str], size: int
) -> AsyncIterator[bytes]:
    """The same bytes in pieces of `size`, the last one shorter; one empty piece for nothing.

    Holds at most one piece and one chunk in memory.
    """
    gathered = bytearray()
    nothing = True
    async for chunk in chunks_of(chunks):
        gathered += to_bytes(chunk)
        while len(gathered) >= size:
            nothing = False
            yield bytes(gathered[:size])
            del gathered[:size]
    if gathered or nothing:
        yield bytes(gathered)
