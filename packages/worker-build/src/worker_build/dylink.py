"""What an extension module says about itself to whoever loads it: its section `dylink.0`.

The section is that of WebAssembly's convention for dynamic linking (tool-conventions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from worker_build.wasm import CUSTOM, Cursor, sections

__all__ = ["Dylink", "dylink_of"]

_MEMORY_INFO, _IMPORT_INFO = 1, 4
_WEAK, _BINDING = 1, 3


@dataclass(frozen=True, slots=True)
class Dylink:
    """What an extension module asks of its loader.

    Attributes:
        size: bytes of its data.
        alignment: of the data, in bytes: a power of two.
        slots: entries of the function table that it fills.
        weak: names of the imports that may be missing.
    """

    size: int = 0
    alignment: int = 1
    slots: int = 0
    weak: frozenset[str] = frozenset()


def dylink_of(module: bytes) -> Dylink:
    """Read the section; of a module without one, everything is zero."""
    size = exponent = slots = 0
    weak: set[str] = set()
    for part, cursor in _parts(module):
        if part == _MEMORY_INFO:
            size, exponent, slots = (cursor.unsigned() for _ in range(3))
        elif part == _IMPORT_INFO:
            for _ in range(cursor.unsigned()):
                cursor.name()
                name = cursor.name()
                if cursor.unsigned() & _BINDING == _WEAK:
                    weak.add(name)
    return Dylink(size, 1 << exponent, slots, frozenset(weak))


def _parts(module: bytes) -> Iterator[tuple[int, Cursor]]:
    """The parts of the section, each with a cursor at its content."""
    for kind, content in sections(module):
        cursor = Cursor(content)
        if kind != CUSTOM or cursor.name() != "dylink.0":
            continue
        while cursor.at < len(content):
            part = cursor.byte()
            end = cursor.unsigned() + cursor.at
            yield part, cursor
            cursor.at = end
