"""HTTP headers: a case-insensitive mapping that keeps repeated values.

Source: workers-rs `Headers`; https://developers.cloudflare.com/workers/runtime-apis/headers/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final, Self, cast

from worker_sys import js
from worker_sys.events import Event

from worker._hints import require, unfit
from worker.errors import HeaderError, ImmutableError

__all__ = ["Headers", "HeadersLike"]

type HeadersLike = Headers | Mapping[str, str] | Iterable[tuple[str, str]]
"""What every `headers=` option takes."""

_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# A header value is a byte string: one character, one byte; NUL and line ends would end it early.
_VALUE: Final = re.compile(r"[^\x00\r\n\u0100-\U0010ffff]*")
_WHITESPACE: Final = "\t\n\r "
_SECRET: Final = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
_IMMUTABLE: Final = "Cannot get a mutable reference to an immutable headers object."


class Headers(MutableMapping[str, str]):
    """Headers of a request or a response.

    A mapping from name to value: names compare without case and are given back in lower case, in
    the order they were first set. A name that was appended to several times has one entry, whose
    value is all of its values joined with `, `; `get_all` gives them one by one, and
    `multi_items()` every line as it would be sent. `Set-Cookie` is the one header whose values may
    never be joined on the wire: they are always sent as separate lines.

    The headers of a message that came in are read-only (`copy()` is not), and are read from
    JavaScript the first time that one is asked for.

    Args:
        headers: what to start from: other headers, a mapping or pairs. Pairs may repeat a name.

    Raises:
        HeaderError: a name is not an HTTP token, or a value holds NUL, a line end or a character
            above U+00FF.
        TypeError: a value is no text, or the headers are neither a mapping nor pairs.

    Source: workers-rs `Headers`.

    Example:
        >>> headers = Headers({"Content-Type": "text/plain"})
        >>> headers.append("Vary", "Origin")
        >>> headers["content-type"], dict(headers)
        ('text/plain', {'content-type': 'text/plain', 'vary': 'Origin'})
    """

    __slots__ = ("_immutable", "_lists", "_source")

    def __init__(self, headers: HeadersLike | None = None) -> None:
        self._lists: dict[str, list[str]] | None = {}
        self._source: Any = None
        self._immutable = False
        if headers is not None:
            for name, value in _lines(headers):
                self.append(name, value)

    @classmethod
    def _from_js(cls, js_headers: Any, *, immutable: bool = True) -> Self:
        """Wrap a JS `Headers`, whose owner keeps it alive until the first read."""
        headers = cls()
        headers._lists = None
        headers._source = js_headers
        headers._immutable = immutable
        return headers

    @classmethod
    def _from_event(cls, event: Event) -> Self:
        """Those of the request that an event brought; they are read-only."""
        return cls._from_js(event)

    @classmethod
    def _from_flat(cls, flat: Iterable[str], *, immutable: bool = True) -> Self:
        """Take `name, value, name, value, …` as the runtime gives them: valid, in lower case."""
        headers = cls()
        headers._immutable = immutable
        headers._lists = _by_name(flat)
        return headers

    def _read(self) -> dict[str, list[str]]:
        """The values by name, fetched from JavaScript in one crossing the first time."""
        lists = self._lists
        if lists is None:
            lists = self._lists = _by_name(_flat_of(self._source))
            self._source = None
        return lists

    def _write(self) -> dict[str, list[str]]:
        if self._immutable:
            error = ImmutableError(_IMMUTABLE)
            error.add_note("Headers of a message that came in are read-only: change a .copy().")
            raise error
        return self._read()

    def _flat(self) -> list[str]:
        """`name, value, name, value, …`, one pair for each line: what the shim takes."""
        return [text for line in self.multi_items() for text in line]

    def __getitem__(self, name: str) -> str:
        values = self._read().get(name.lower())
        if values is None:
            raise KeyError(name)
        return values[0] if len(values) == 1 else ", ".join(values)

    def __setitem__(self, name: str, value: str) -> None:
        self._write()[_valid_name(name)] = [_valid_value(name, value)]

    def __delitem__(self, name: str) -> None:
        del self._write()[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._read()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return self._read() == other._read()
        if isinstance(other, Mapping):
            mapping = cast("Mapping[str, str]", other)
            return dict(self) == {str(name).lower(): mapping[name] for name in mapping}
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = (
            f"{name!r}: {'[secret]' if name in _SECRET else value!r}"
            for name, value in self.items()
        )
        return f"Headers({{{', '.join(shown)}}})"

    def get_all(self, name: str) -> list[str]:
        """Every value of a header, one by one; empty when it is absent.

        Values that came from JavaScript are already joined, except those of `Set-Cookie`.
        """
        return list(self._read().get(name.lower(), ()))

    def append(self, name: str, value: str) -> None:
        """Add a value, and keep those that are there."""
        lists, key, text = self._write(), _valid_name(name), _valid_value(name, value)
        lists.setdefault(key, []).append(text)

    def set(self, name: str, value: str) -> None:
        """Replace every value of a header: `headers[name] = value`."""
        self[name] = value

    def delete(self, name: str) -> None:
        """Remove a header; nothing happens when it is absent."""
        self._write().pop(name.lower(), None)

    def has(self, name: str) -> bool:
        """Whether the header is present: `name in headers`."""
        return name in self

    def multi_items(self) -> list[tuple[str, str]]:
        """One `(name, value)` pair for each line, names repeated: what `append` was given."""
        return [(name, value) for name, values in self._read().items() for value in values]

    def entries(self) -> list[tuple[str, str]]:
        """The pairs as JavaScript iterates them.

        Sorted by name, values of a name joined, but one pair for each `Set-Cookie`.
        """
        pairs: list[tuple[str, str]] = []
        for name, values in sorted(self._read().items()):
            if name == "set-cookie":
                pairs.extend((name, value) for value in values)
            else:
                pairs.append((name, ", ".join(values)))
        return pairs

    def update(self, other: Any = (), /, **headers: str) -> None:
        """Replace the headers that `other` names by all the values it gives them."""
        fresh = Headers(other)
        fresh.extend(headers)
        lists = self._write()
        for name, values in fresh._read().items():
            lists[name] = list(values)

    def extend(self, other: HeadersLike) -> None:
        """Append every line of `other`."""
        for name, value in _lines(other):
            self.append(name, value)

    def copy(self) -> Headers:
        """The same headers, deep and mutable."""
        twin = Headers()
        twin._lists = {name: list(values) for name, values in self._read().items()}
        return twin

    def __copy__(self) -> Headers:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Headers:
        return self.copy()


def _lines(headers: HeadersLike) -> Iterable[tuple[str, str]]:
    if isinstance(headers, Headers):
        return headers.multi_items()
    if isinstance(headers, Mapping):
        return list(cast("Mapping[str, str]", headers).items())
    lines = tuple(headers)
    if any(isinstance(line, str) or len(line) != 2 for line in lines):
        raise unfit("headers are a mapping, or pairs (name, value)", headers)
    return lines


def _by_name(flat: Iterable[str]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    texts = iter(flat)
    for name, value in zip(texts, texts, strict=True):
        lists.setdefault(name, []).append(value)
    return lists


# Found again by their paths from `globalThis`, in every isolate.
_flat_headers: Any = js.runtime.flatHeaders if js.IN_WORKER else None
_headers_of: Any = js.runtime.headersOf if js.IN_WORKER else None


def _flat_of(source: Any) -> list[str]:
    # Neither a name nor a value can hold a line end, so that one string carries all of them.
    if isinstance(source, Event):
        text = _headers_of(source.id)
        if text is None:
            text = _flat_headers(source.js.request.headers)
    else:
        text = _flat_headers(source)
    return text.split("\n") if text else []


def _valid_name(name: str) -> str:
    require(str, name, "the name of a header is text")
    return _lower(name)


@lru_cache(maxsize=1024)
def _lower(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise HeaderError(f"invalid header name: {name!r}")
    return name.lower()


def _valid_value(name: str, value: str) -> str:
    if type(value) is str and value.isascii() and value.isprintable() and value.strip() == value:
        # What most values are, told without a pattern.
        return value
    require(str, value, f"the value of header {name!r} is text", hint="Write str(value).")
    value = value.strip(_WHITESPACE)
    if not _VALUE.fullmatch(value):
        error = HeaderError(f"invalid value of header {name!r}")
        error.add_note("A value is one line of characters up to U+00FF; encode other text.")
        raise error
    return value
