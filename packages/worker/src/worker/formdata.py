"""Forms: fields and files, in the order in which they were sent.

Source: workers-rs `FormData`, `FormEntry`;
https://developers.cloudflare.com/workers/examples/read-post/
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final, cast, final

from worker_sys import calls, js

from worker.blob import Blob, File

__all__ = ["Blob", "File", "FormData", "FormEntry"]

type FormEntry = str | File
"""One value of a form: `match` it against `File()` or `str()`."""

type FormSource = FormData | Mapping[str, FormEntry | Blob] | Iterable[tuple[str, FormEntry | Blob]]

_ESCAPES: Final = str.maketrans({"\r": "%0D", "\n": "%0A", '"': "%22"})


@final
class FormData(MutableMapping[str, FormEntry]):
    """The fields of a form. A name may come more than once: `[]` gives its first value.

    Args:
        entries: what to start from: another form, a mapping, or pairs. A `Blob` becomes a file
            named `blob`.

    Source: workers-rs `FormData`.

    Example:
        >>> form = FormData({"name": "ada"})
        >>> form.append("tag", "a")
        >>> form.append("tag", "b")
        >>> form["tag"], form.get_all("tag"), len(form)
        ('a', ['a', 'b'], 2)
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: FormSource | None = None) -> None:
        self._entries: list[tuple[str, FormEntry]] = []
        if isinstance(entries, FormData):
            entries = entries.multi_items()
        elif isinstance(entries, Mapping):
            entries = list(cast("Mapping[str, FormEntry | Blob]", entries).items())
        for name, value in entries or ():
            self.append(name, value)

    @classmethod
    def _from_js(cls, js_form: Any) -> FormData:
        form = cls()
        flat = calls.call(js.runtime, "formEntries", js_form)
        for index in range(0, len(flat), 2):
            value = flat[index + 1]
            entry = value if isinstance(value, str) else File._from_js(value)
            form._entries.append((flat[index], entry))
        return form

    def __getitem__(self, name: str) -> FormEntry:
        for key, value in self._entries:
            if key == name:
                return value
        raise KeyError(name)

    def __setitem__(self, name: str, value: FormEntry | Blob) -> None:
        fresh = (name, _entry(value))
        places = [place for place, (key, _) in enumerate(self._entries) if key == name]
        if not places:
            self._entries.append(fresh)
            return
        self._entries[places[0]] = fresh
        for place in reversed(places[1:]):
            del self._entries[place]

    def __delitem__(self, name: str) -> None:
        kept = [entry for entry in self._entries if entry[0] != name]
        if len(kept) == len(self._entries):
            raise KeyError(name)
        self._entries = kept

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._entries))

    def __len__(self) -> int:
        return len(dict(self._entries))

    def __contains__(self, name: object) -> bool:
        return any(key == name for key, _ in self._entries)

    def __repr__(self) -> str:
        return f"FormData({self._entries!r})"

    def get_field(self, name: str) -> str | None:
        """The first text of that name; None when there is none, or only files."""
        return next((v for v in self.get_all(name) if isinstance(v, str)), None)

    def get_file(self, name: str) -> File | None:
        """The first file of that name; None when there is none, or only text."""
        return next((v for v in self.get_all(name) if isinstance(v, File)), None)

    def get_all(self, name: str) -> list[FormEntry]:
        """Every value of that name, in order; empty when there is none."""
        return [value for key, value in self._entries if key == name]

    def has(self, name: str) -> bool:
        """Whether the form has that name: `name in form`."""
        return name in self

    def append(self, name: str, value: FormEntry | Blob) -> None:
        """Add a value, and keep those that are there."""
        self._entries.append((name, _entry(value)))

    def set(self, name: str, value: FormEntry | Blob) -> None:
        """Replace every value of that name: `form[name] = value`."""
        self[name] = value

    def delete(self, name: str) -> None:
        """Remove every value of that name; nothing happens when it is absent."""
        self._entries = [entry for entry in self._entries if entry[0] != name]

    def multi_items(self) -> list[tuple[str, FormEntry]]:
        """One `(name, value)` pair for each value, names repeated, in order."""
        return list(self._entries)

    def _encode(self) -> tuple[bytes | AsyncIterator[bytes], str]:
        """The form as `multipart/form-data`, and its content type.

        Text and files made in Python become one `bytes`; with a file that lives in JavaScript the
        result is a stream, so that its bytes pass through Python in pieces.
        """
        boundary = f"----worker{secrets.token_hex(16)}"
        content_type = f"multipart/form-data; boundary={boundary}"
        if any(isinstance(value, File) and value._data is None for _, value in self._entries):
            return self._parts(boundary), content_type
        parts = [
            _head(boundary, name, value) + _content(value) + b"\r\n"
            for name, value in self._entries
        ]
        return b"".join(parts) + f"--{boundary}--\r\n".encode(), content_type

    async def _parts(self, boundary: str) -> AsyncIterator[bytes]:
        for name, value in self._entries:
            yield _head(boundary, name, value)
            if isinstance(value, File) and value._data is None:
                async for chunk in value.stream():
                    yield chunk
            else:
                yield _content(value)
            yield b"\r\n"
        yield f"--{boundary}--\r\n".encode()


def _entry(value: FormEntry | Blob) -> FormEntry:
    if isinstance(value, str | File):
        return value
    file = object.__new__(File)
    file._data, file._js, file._type = value._data, value._js, value._type
    file._name, file._last_modified = "blob", datetime.now(UTC)
    return file


def _content(value: FormEntry) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return value._data or b""


def _head(boundary: str, name: str, value: FormEntry) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name.translate(_ESCAPES)}"'
    if isinstance(value, File):
        head += f'; filename="{value.name.translate(_ESCAPES)}"'
        head += f"\r\nContent-Type: {value.type.translate(_ESCAPES) or 'application/octet-stream'}"
    return f"{head}\r\n\r\n".encode("utf-8", "replace")
