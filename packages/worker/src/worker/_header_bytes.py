"""Headers of ASGI and WSGI applications, which have bytes where the platform has text.

The platform reads a client's headers as UTF-8 and sends text as UTF-8, so that bytes which are
UTF-8 travel both ways as they are. Others have no way through it: those of an application go out
as the Latin-1 text that HTTP takes them for.
"""

from __future__ import annotations

from collections.abc import Iterable

from worker.errors import HeaderError
from worker.headers import Headers

__all__ = ["bytes_of", "headers_of"]


def bytes_of(value: str) -> bytes:
    """The bytes that the client sent, of a header's value as the platform has read it."""
    return value.encode()


def headers_of(lines: Iterable[tuple[bytes, bytes]]) -> Headers:
    """What an application answers, name and value for each line.

    Raises:
        HeaderError: a NUL or a line end stands in one.
    """
    flat: list[str] = []
    for name, value in lines:
        flat += (_text(name).lower(), _text(value))
    if any("\n" in text or "\r" in text or "\0" in text for text in flat):
        raise HeaderError("a header of the application holds a line end")
    return Headers._from_flat(flat, immutable=False)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
