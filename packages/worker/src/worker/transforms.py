"""What a stream may be sent through inside the platform: compression, and pipes.

    packed = response.stream().pipe_through(CompressionStream("gzip"))

Source: https://developers.cloudflare.com/workers/runtime-apis/web-standards/#compression-streams;
https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from worker_sys import calls, js

from worker.streams import ByteStream, WritableStream

__all__ = ["CompressionStream", "DecompressionStream", "IdentityTransformStream", "Transform"]

type CompressionFormat = Literal["gzip", "deflate", "deflate-raw"]


class Transform:
    """A pair of streams: what is written to `writable` comes out of `readable`, changed.

    Attributes:
        js: the JavaScript object.
    """

    __slots__ = ("js",)

    js: Any

    def __init__(self, *_arguments: object) -> None:
        raise TypeError(f"{type(self).__name__} has no public constructor")

    @property
    def readable(self) -> ByteStream:
        """The end to read from."""
        return ByteStream._from_js(self.js.readable)

    @property
    def writable(self) -> WritableStream:
        """The end to write to."""
        return WritableStream._from_js(self.js.writable)


class IdentityTransformStream(Transform):
    """Bytes as they are: a pipe between a writer and a reader."""

    __slots__ = ()

    def __init__(self) -> None:
        self.js = calls.call(js.IdentityTransformStream, "new")


class CompressionStream(Transform):
    """Compress what goes through.

    Args:
        format: `gzip`, `deflate` or `deflate-raw`.

    Raises:
        ValueError: the platform does not know the format.
    """

    __slots__ = ()

    def __init__(self, format: CompressionFormat) -> None:
        self.js = calls.call(js.CompressionStream, "new", _known(format))


class DecompressionStream(Transform):
    """Decompress what goes through.

    Args:
        format: `gzip`, `deflate` or `deflate-raw`.

    Raises:
        ValueError: the platform does not know the format.
    """

    __slots__ = ()

    def __init__(self, format: CompressionFormat) -> None:
        self.js = calls.call(js.DecompressionStream, "new", _known(format))


def _known(format: CompressionFormat) -> str:
    if format not in get_args(CompressionFormat.__value__):
        raise ValueError(f"a stream is compressed as gzip, deflate or deflate-raw, not {format!r}")
    return format
