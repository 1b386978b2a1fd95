"""Transforming pictures: size, format, and one over another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, final

from worker_sys import calls, convert

from worker._body import Storable
from worker._handle import Handle
from worker.images._input import encoding_of, stream_of
from worker.images.hosted import HostedImages
from worker.request_init import plain
from worker.resize import Border, Coordinates, ResizeFit, ResizeFlip, Trim
from worker.response import Response
from worker.streams import ByteStream

__all__ = ["Image", "ImageInfo", "ImageResult", "Images"]

type Format = Literal[
    "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "rgb", "rgba"
]

type Gravity = Literal["face", "left", "right", "top", "bottom", "center", "auto", "entropy"]


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What a picture is.

    Attributes:
        format: its media type.
        file_size: bytes; None for SVG, like the two below.
        width: pixels.
        height: pixels.
    """

    format: str
    file_size: int | None = None
    width: int | None = None
    height: int | None = None


@final
class Images(Handle):
    """The Images binding: `env.images("IMAGES")`.

    Source: https://developers.cloudflare.com/images/transform-images/bindings/
    """

    __slots__ = ()

    async def info(
        self, image: Storable, *, encoding: Literal["base64"] | None = None
    ) -> ImageInfo:
        """What a picture is.

        Args:
            image: its bytes, or a stream of them.
            encoding: when it is Base64 text.

        Raises:
            JsError: it is no picture (code 9412).
        """
        options = encoding_of(encoding)
        found = convert.to_py(await calls.acall(self.js, "info", stream_of(image), *options))
        return ImageInfo(
            format=found["format"],
            file_size=found.get("fileSize"),
            width=found.get("width"),
            height=found.get("height"),
        )

    def input(self, image: Storable, *, encoding: Literal["base64"] | None = None) -> Image:
        """Begin with a picture.

        Args:
            image: its bytes, or a stream of them.
            encoding: when it is Base64 text.
        """
        return Image._from_js(
            calls.call(self.js, "input", stream_of(image), *encoding_of(encoding))
        )

    @property
    def hosted(self) -> HostedImages:
        """The pictures stored at Cloudflare."""
        return HostedImages._from_js(self.js.hosted)


@final
class Image(Handle):
    """A picture on its way: `await image.transform(width=100).output("image/webp")`.

    Each step gives a new one; nothing happens before `output`.
    """

    __slots__ = ()

    def transform(
        self,
        *,
        width: int | None = None,
        height: int | None = None,
        fit: ResizeFit
        | Literal["scale-down", "contain", "pad", "squeeze", "cover", "crop"]
        | None = None,
        gravity: Gravity | Coordinates | Mapping[str, Any] | None = None,
        rotate: Literal[0, 90, 180, 270] | None = None,
        flip: ResizeFlip | Literal["h", "v", "hv"] | None = None,
        trim: Literal["border"] | Trim | Mapping[str, Any] | None = None,
        border: Border | Mapping[str, Any] | None = None,
        background: str | None = None,
        segment: Literal["foreground"] | None = None,
        blur: float | None = None,
        brightness: float | None = None,
        contrast: float | None = None,
        gamma: float | None = None,
        saturation: float | None = None,
        sharpen: float | None = None,
    ) -> Image:
        """Change it.

        Args:
            width: pixels. So is `height`.
            height: see `width`.
            fit: how it fills the size asked for.
            gravity: what cropping keeps: a side, `auto`, `face`, `entropy`, or a point.
            rotate: degrees clockwise.
            flip: turn it over.
            trim: what to cut off first.
            border: a frame around it: its colour and its width, or that of each side.
            background: CSS colour below transparent parts.
            segment: `foreground` removes the background.
            blur: radius, 1 to 250.
            brightness: factor; 1 changes nothing. So do `contrast`, `gamma` and `saturation`.
            contrast: see `brightness`.
            gamma: see `brightness`.
            saturation: see `brightness`.
            sharpen: 0 to 10.

        Source: https://developers.cloudflare.com/images/transform-images/transform-via-workers/
        """
        options = convert.options(
            width=width,
            height=height,
            fit=plain(fit),
            gravity=plain(gravity),
            rotate=rotate,
            flip=plain(flip),
            trim=plain(trim),
            border=plain(border),
            background=background,
            segment=segment,
            blur=blur,
            brightness=brightness,
            contrast=contrast,
            gamma=gamma,
            saturation=saturation,
            sharpen=sharpen,
        )
        return Image._from_js(calls.call(self.js, "transform", options))

    def draw(
        self,
        image: Image | Storable,
        *,
        opacity: float | None = None,
        repeat: bool | Literal["x", "y"] | None = None,
        composite: Literal["over", "in", "atop", "out", "xor", "lighter"] | None = None,
        top: int | None = None,
        left: int | None = None,
        bottom: int | None = None,
        right: int | None = None,
    ) -> Image:
        """Draw another picture over it.

        Args:
            image: the other picture.
            opacity: 0 (not seen) to 1.
            repeat: whether to tile it, or in which direction.
            composite: how the two are combined.
            top: pixels from the top edge.
            left: pixels from the left edge.
            bottom: pixels from the bottom edge.
            right: pixels from the right edge.
        """
        options = convert.options(
            opacity=opacity,
            repeat=repeat,
            composite=composite,
            top=top,
            left=left,
            bottom=bottom,
            right=right,
        )
        drawn = image.js if isinstance(image, Image) else stream_of(image)
        return Image._from_js(calls.call(self.js, "draw", drawn, options))

    async def output(
        self,
        format: Format,
        *,
        quality: int | None = None,
        background: str | None = None,
        anim: bool | None = None,
    ) -> ImageResult:
        """Do all of it.

        Args:
            format: the media type of the result, or raw `rgb` or `rgba`.
            quality: 1 to 100.
            background: the colour behind transparent parts.
            anim: whether an animation stays one.

        Raises:
            JsError: the picture or an option is wrong.
        """
        options = convert.options(format=format, quality=quality, background=background, anim=anim)
        return ImageResult._from_js(await calls.acall(self.js, "output", options))


@final
class ImageResult(Handle):
    """A finished picture."""

    __slots__ = ()

    @property
    def content_type(self) -> str:
        """Its media type."""
        return calls.call(self.js, "contentType")

    def response(self) -> Response:
        """It as a response; the bytes stay outside."""
        return Response._from_js(calls.call(self.js, "response"))

    def stream(self, *, encoding: Literal["base64"] | None = None) -> ByteStream:
        """Its bytes as they come.

        Args:
            encoding: Base64 text instead.
        """
        return ByteStream._from_js(calls.call(self.js, "image", *encoding_of(encoding)))
