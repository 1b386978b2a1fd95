"""Options of image resizing: `CfProperties(image=ResizeConfig(width=300))`.

Source: workers-rs `ResizeConfig`;
https://developers.cloudflare.com/images/transform-images/transform-via-workers/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

__all__ = [
    "Border",
    "Coordinates",
    "Draw",
    "ResizeConfig",
    "ResizeFit",
    "ResizeFlip",
    "ResizeFormat",
    "ResizeMetadata",
    "Trim",
    "TrimBorder",
]


class ResizeFit(StrEnum):
    """How the image fills the size asked for."""

    SCALE_DOWN = "scale-down"
    SCALE_UP = "scale-up"
    CONTAIN = "contain"
    COVER = "cover"
    CROP = "crop"
    PAD = "pad"
    SQUEEZE = "squeeze"


class ResizeFlip(StrEnum):
    """Along which axis the image is turned over."""

    HORIZONTAL = "h"
    VERTICAL = "v"
    BOTH = "hv"


class ResizeFormat(StrEnum):
    """The format of the result; without one it is that of the source, or WebP."""

    AVIF = "avif"
    WEBP = "webp"
    JPEG = "jpeg"
    BASELINE_JPEG = "baseline-jpeg"
    PNG = "png"
    PNG_FORCE = "png-force"
    SVG = "svg"
    JSON = "json"


class ResizeMetadata(StrEnum):
    """How much of EXIF is kept."""

    KEEP = "keep"
    COPYRIGHT = "copyright"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """The point that cropping keeps: 0 is left or top, 1 right or bottom."""

    x: float | None = None
    y: float | None = None
    mode: Literal["remainder", "box-center"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """A frame: `width` on all sides, or each side for itself, in pixels."""

    color: str
    width: int | None = None
    top: int | None = None
    right: int | None = None
    bottom: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimBorder:
    """What counts as a border to cut: its colour, how far others may differ, pixels to keep."""

    color: str | None = None
    tolerance: float | None = None
    keep: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim:
    """What to cut off before resizing, in pixels."""

    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None
    width: int | None = None
    height: int | None = None
    border: bool | TrimBorder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """An image to draw over the result. Positions are pixels from that side.

    Attributes:
        url: the image to draw.
        opacity: 0 (not visible) to 1.
        repeat: tile it, in both directions (True), or along one axis.
        composite: how it is combined with what is below.
    """

    url: str
    opacity: float | None = None
    repeat: Literal[True, "x", "y"] | None = None
    composite: Literal["over", "in", "atop", "out", "xor", "lighter"] | None = None
    top: int | None = None
    left: int | None = None
    bottom: int | None = None
    right: int | None = None
    width: int | None = None
    height: int | None = None
    fit: ResizeFit | str | None = None
    gravity: str | Coordinates | None = None
    background: str | None = None
    rotate: Literal[0, 90, 180, 270, 360] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeConfig:
    """How an image is changed on its way. A member that is None is not sent.

    Attributes:
        anim: keep animation frames.
        background: CSS colour below transparent parts.
        blur: radius, 1 to 250.
        border: a frame around the image.
        brightness: factor; 1 changes nothing. So do `contrast`, `gamma` and `saturation`.
        compression: `fast` for speed at the cost of size.
        dpr: factor on width and height, for dense screens.
        draw: images to draw on top.
        fit: how the image fills the size asked for.
        flip: turn over.
        format: the format of the result.
        gravity: a side, `auto`, `face`, `entropy`, or coordinates.
        width: pixels. So is `height`.
        metadata: how much of EXIF is kept.
        onerror: `redirect` to the source when resizing fails.
        origin_auth: `share-publicly` passes credentials on to the origin and caches the result.
        quality: 1 to 100, or a name.
        rotate: degrees clockwise.
        segment: `foreground` removes the background.
        sharpen: 0 to 10.
        trim: what to cut off first.
        upscale: how pixels are made when enlarging.
        zoom: 0 to 1: how close `face` crops.

    Source: workers-rs `ResizeConfig`.
    """

    anim: bool | None = None
    background: str | None = None
    blur: float | None = None
    border: Border | None = None
    brightness: float | None = None
    compression: Literal["fast"] | None = None
    contrast: float | None = None
    dpr: float | None = None
    draw: Sequence[Draw] | None = None
    fit: ResizeFit | str | None = None
    flip: ResizeFlip | str | None = None
    format: ResizeFormat | str | None = None
    gamma: float | None = None
    gravity: str | Coordinates | None = None
    height: int | None = None
    metadata: ResizeMetadata | str | None = None
    onerror: Literal["redirect"] | None = None
    origin_auth: Literal["share-publicly"] | None = None
    quality: int | Literal["low", "medium-low", "medium-high", "high"] | None = None
    rotate: Literal[0, 90, 180, 270, 360] | None = None
    saturation: float | None = None
    segment: Literal["foreground"] | None = None
    sharpen: float | None = None
    trim: Trim | Literal["border"] | None = None
    upscale: Literal["interpolate", "generate"] | None = None
    width: int | Literal["auto"] | None = None
    zoom: float | None = None

    def _to_dict(self) -> Mapping[str, Any]:
        """As JavaScript spells it: one word each, but `origin-auth`."""
        from worker.request_init import plain_members

        sent = plain_members(self)
        if "originAuth" in sent:
            sent["origin-auth"] = sent.pop("originAuth")
        return sent
