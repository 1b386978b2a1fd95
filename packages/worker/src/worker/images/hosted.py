"""Pictures that are stored at Cloudflare."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, final

from worker_sys import calls, convert

from worker._body import Storable
from worker._handle import Handle
from worker.images._input import stream_of
from worker.streams import ByteStream

__all__ = ["HostedImage", "HostedImages", "ImageList", "ImageMetadata"]


@dataclass(frozen=True, slots=True)
class ImageMetadata:
    """A stored picture.

    Attributes:
        id: its name.
        filename: as it was uploaded.
        uploaded: when, as ISO 8601 text.
        require_signed_urls: whether its addresses must be signed.
        meta: your own.
        variants: its addresses.
        draft: whether it has not been uploaded yet.
        creator: whose it is.
    """

    id: str
    filename: str | None = None
    uploaded: str | None = None
    require_signed_urls: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])
    variants: tuple[str, ...] = ()
    draft: bool = False
    creator: str | None = None

    @classmethod
    def _of(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            id=found["id"],
            filename=found.get("filename"),
            uploaded=found.get("uploaded"),
            require_signed_urls=bool(found.get("requireSignedURLs")),
            meta=found.get("meta") or {},
            variants=tuple(found.get("variants") or ()),
            draft=bool(found.get("draft")),
            creator=found.get("creator"),
        )


@dataclass(frozen=True, slots=True)
class ImageList:
    """One page of stored pictures.

    Attributes:
        images: the page.
        list_complete: whether it was the last one.
        cursor: where the next one begins, None after the last.
    """

    images: tuple[ImageMetadata, ...]
    list_complete: bool
    cursor: str | None = None


@final
class HostedImages(Handle):
    """The pictures stored at Cloudflare.

    Source: https://developers.cloudflare.com/images/upload-images/
    """

    __slots__ = ()

    def image(self, image_id: str) -> HostedImage:
        """One of them, whether it exists or not."""
        return HostedImage._from_js(calls.call(self.js, "image", image_id))

    async def upload(
        self,
        image: Storable,
        *,
        id: str | None = None,
        filename: str | None = None,
        require_signed_urls: bool | None = None,
        metadata: Mapping[str, Any] | None = None,
        creator: str | None = None,
        encoding: Literal["base64"] | None = None,
    ) -> ImageMetadata:
        """Store a picture.

        Args:
            image: its bytes, or a stream of them.
            id: its name; one is made when not given.
            filename: for the dashboard.
            require_signed_urls: whether its addresses must be signed.
            metadata: your own.
            creator: whose it is.
            encoding: when it is Base64 text.

        Raises:
            JsError: it is no picture, too large, or the name is taken.
        """
        options = convert.options(
            id=id,
            filename=filename,
            requireSignedURLs=require_signed_urls,
            metadata=None if metadata is None else dict(metadata),
            creator=creator,
            encoding=encoding,
        )
        answer = await calls.acall(self.js, "upload", stream_of(image), options)
        return ImageMetadata._of(convert.to_py(answer))

    async def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        sort_order: Literal["asc", "desc"] | None = None,
        creator: str | None = None,
    ) -> ImageList:
        """One page of them; `all()` goes over every page.

        Args:
            limit: pictures a page.
            cursor: where to begin: the `cursor` of the page before.
            sort_order: by the time of upload.
            creator: only those of one creator.
        """
        options = convert.options(limit=limit, cursor=cursor, sortOrder=sort_order, creator=creator)
        page = convert.to_py(await calls.acall(self.js, "list", options))
        return ImageList(
            images=tuple(ImageMetadata._of(found) for found in page["images"]),
            list_complete=page["listComplete"],
            cursor=page.get("cursor") or None,
        )

    async def all(self, *, creator: str | None = None) -> AsyncIterator[ImageMetadata]:
        """Every one of them, page after page."""
        cursor: str | None = None
        while True:
            page = await self.list(cursor=cursor, creator=creator)
            for found in page.images:
                yield found
            if page.list_complete or page.cursor is None:
                return
            cursor = page.cursor


@final
class HostedImage(Handle):
    """One stored picture."""

    __slots__ = ()

    async def details(self) -> ImageMetadata | None:
        """What is known about it; None when there is none of that name."""
        found = convert.to_py(await calls.acall(self.js, "details"))
        return None if found is None else ImageMetadata._of(found)

    async def stream(self) -> ByteStream | None:
        """Its bytes as they were uploaded; None when there is none of that name."""
        found = await calls.acall(self.js, "bytes")
        return ByteStream._from_js(found) if hasattr(found, "getReader") else None

    async def update(
        self,
        *,
        require_signed_urls: bool | None = None,
        metadata: Mapping[str, Any] | None = None,
        creator: str | None = None,
    ) -> ImageMetadata:
        """Change what is known about it.

        Raises:
            JsError: there is none of that name.
        """
        options = convert.options(
            requireSignedURLs=require_signed_urls,
            metadata=None if metadata is None else dict(metadata),
            creator=creator,
        )
        return ImageMetadata._of(convert.to_py(await calls.acall(self.js, "update", options)))

    async def delete(self) -> bool:
        """Delete it; False when there was none of that name."""
        return bool(await calls.acall(self.js, "delete"))
