"""Blobs and files: bytes with a type, and perhaps a name.

Source: workers-rs `File`; https://developer.mozilla.org/en-US/docs/Web/API/Blob
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self, final

from worker_sys import calls, convert, js

from worker.streams import ByteStream

__all__ = ["Blob", "File"]

type _Bytes = bytes  # inside the classes, `bytes` is a method


class Blob:
    """Bytes with a content type. One that came in stays in JavaScript until it is read.

    Args:
        data: its content; `str` is stored as UTF-8.
        type: its content type, in lower case; empty when it has none.

    Source: https://developer.mozilla.org/en-US/docs/Web/API/Blob
    """

    __slots__ = ("_data", "_js", "_type")

    def __init__(
        self, data: _Bytes | bytearray | memoryview | str = b"", *, type: str = ""
    ) -> None:
        self._data: _Bytes | None = data.encode() if isinstance(data, str) else bytes(data)
        self._js: Any = None
        self._type: str | None = type.lower()

    @classmethod
    def _from_js(cls, js_blob: Any) -> Self:
        blob = object.__new__(cls)
        blob._data = blob._type = None
        blob._js = js_blob
        return blob

    @property
    def js(self) -> Any:
        """The JavaScript `Blob`."""
        if self._js is None:
            self._js = calls.call(js.Blob, "new", [self._data], convert.options(type=self._type))
        return self._js

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self._data) if self._data is not None else int(self._js.size)

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return True

    @property
    def type(self) -> str:
        """Its content type; empty when it has none."""
        if self._type is None:
            self._type = str(self._js.type)
        return self._type

    async def bytes(self) -> _Bytes:
        """Its content. A blob may be read any number of times."""
        if self._data is None:
            data: _Bytes = convert.to_py(await calls.acall(self._js, "arrayBuffer"))
            self._data = data
        return self._data

    async def text(self) -> str:
        """Its content as UTF-8; what is not UTF-8 becomes U+FFFD."""
        return (await self.bytes()).decode("utf-8", "replace")

    def stream(self) -> ByteStream:
        """Its content in chunks, for what is too large to hold."""
        if self._data is not None:
            return ByteStream((self._data,))
        return ByteStream._from_js(calls.call(self._js, "stream"))

    def slice(self, start: int = 0, end: int | None = None, *, type: str = "") -> Blob:
        """The bytes from `start` to `end` (exclusive; None is the end), as a new blob."""
        if self._data is not None:
            return Blob(self._data[start:end], type=type)
        stop = self.size if end is None else end
        return Blob._from_js(calls.call(self._js, "slice", start, stop, type))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, type={self.type!r})"


@final
class File(Blob):
    """A blob with a name: what a form's file field holds. `match` on it: `case File(name=n)`.

    Args:
        data: its content; `str` is stored as UTF-8.
        name: its file name, without a directory.
        type: its content type; empty when it has none.
        last_modified: when it was changed last; now, when not given.

    Source: workers-rs `File`.
    """

    __slots__ = ("_last_modified", "_name")
    __match_args__ = ("name",)

    def __init__(
        self,
        data: _Bytes | bytearray | memoryview | str,
        name: str,
        *,
        type: str = "",
        last_modified: datetime | None = None,
    ) -> None:
        super().__init__(data, type=type)
        self._name: str | None = name
        self._last_modified: datetime | None = last_modified or datetime.now(UTC)

    @classmethod
    def _from_js(cls, js_blob: Any) -> Self:
        file = super()._from_js(js_blob)
        file._name = file._last_modified = None
        return file

    @property
    def js(self) -> Any:
        """The JavaScript `File`."""
        if self._js is None:
            milliseconds = int(self.last_modified.timestamp() * 1000)
            options = convert.options(type=self._type, lastModified=milliseconds)
            self._js = calls.call(js.File, "new", [self._data], self._name, options)
        return self._js

    @property
    def name(self) -> str:
        """Its file name."""
        if self._name is None:
            self._name = str(self._js.name)
        return self._name

    @property
    def last_modified(self) -> datetime:
        """When it was changed last, in UTC; when it was received, if the sender did not say."""
        if self._last_modified is None:
            self._last_modified = datetime.fromtimestamp(self._js.lastModified / 1000, UTC)
        return self._last_modified

    def __repr__(self) -> str:
        return f"File(name={self.name!r}, size={self.size}, type={self.type!r})"
