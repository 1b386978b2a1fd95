"""Documents into Markdown, by way of Workers AI.

Source: https://developers.cloudflare.com/workers-ai/features/markdown-conversion/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict

from worker_sys import convert

from worker._spelling import spelled
from worker.ai.gateway import GatewayOptions
from worker.blob import Blob

__all__ = ["ConversionOptions", "Document", "MarkdownConversion", "conversion_options"]


@dataclass(frozen=True, slots=True)
class Document:
    """A document to convert.

    Attributes:
        name: its file name; the ending says what it is.
        content: its bytes.
        type: its media type, when the ending does not say it.
    """

    name: str
    content: bytes | Blob
    type: str = ""

    def _to_plain(self) -> dict[str, Any]:
        content = self.content
        blob = content if isinstance(content, Blob) else Blob(content, type=self.type)
        return {"name": self.name, "blob": blob.js}


@dataclass(frozen=True, slots=True)
class MarkdownConversion:
    """A document that became Markdown, or did not.

    Attributes:
        name: the name it was given under.
        mime_type: what it was taken for.
        data: the Markdown; None when it could not be converted.
        tokens: how many tokens that is, about.
        error: why it could not be converted; None when it was.
        id: identifies the conversion.
    """

    name: str
    mime_type: str
    data: str | None = None
    tokens: int | None = None
    error: str | None = None
    id: str | None = None

    @classmethod
    def _of(cls, found: Mapping[str, Any]) -> MarkdownConversion:
        return cls(
            name=found["name"],
            mime_type=found["mimeType"],
            data=found.get("data"),
            tokens=found.get("tokens"),
            error=found.get("error"),
            id=found.get("id"),
        )


class ImageConversion(TypedDict, total=False):
    """How a picture is told in words: in which language."""

    description_language: Literal["en", "es", "fr", "it", "pt", "de"]


class EmbeddedImages(ImageConversion, total=False):
    """Whether the pictures of a document are told in words, and how many at most."""

    convert: bool
    max_converted_images: int


class PageImages(EmbeddedImages, total=False):
    """And whether the picture that a page shows when it is shared is one of them."""

    convert_og_image: bool


class HtmlConversion(TypedDict, total=False):
    """How a page is converted: its host, for relative links, and the part that is wanted."""

    images: PageImages
    hostname: str
    css_selector: str


class DocxConversion(TypedDict, total=False):
    """How a Word document is converted."""

    images: EmbeddedImages


class PdfConversion(TypedDict, total=False):
    """How a PDF is converted, and whether what it says about itself is part of it."""

    images: EmbeddedImages
    metadata: bool


class ConversionOptions(TypedDict, total=False):
    """How each kind of document is converted: `{"html": {"css_selector": "main"}}`.

    Source: https://developers.cloudflare.com/workers-ai/features/markdown-conversion/
    """

    html: HtmlConversion
    docx: DocxConversion
    image: ImageConversion
    pdf: PdfConversion


_NAMES: Final = {"convert_og_image": "convertOGImage"}


def conversion_options(
    gateway: GatewayOptions | None,
    extra_headers: Mapping[str, str] | None,
    conversion: ConversionOptions | None,
) -> Any:
    """The options of a conversion as the platform takes them."""
    return convert.options(
        gateway=None if gateway is None else gateway._to_options(),
        extraHeaders=None if extra_headers is None else dict(extra_headers),
        conversionOptions=spelled(conversion, _NAMES),
    )


def plain(documents: Document | Iterable[Document]) -> list[dict[str, Any]]:
    """The documents as the platform takes them."""
    wanted = (documents,) if isinstance(documents, Document) else documents
    return [document._to_plain() for document in wanted]
