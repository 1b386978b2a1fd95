"""The interpreter's data, which the image supplies in a bundle."""

from __future__ import annotations

from dataclasses import dataclass

from worker_build.wasm import DATA, DATA_COUNT, Cursor, module, sections

__all__ = ["Stripped", "strip_data"]

_I32_CONST = 0x41


@dataclass(frozen=True, slots=True)
class Stripped:
    """A module without its data.

    Attributes:
        module: the rest.
        end: the address at which the data ended; above it the module's memory was zeros.
    """

    module: bytes
    end: int


def strip_data(source: bytes) -> Stripped:
    """Take the data out of a module whose memory an image fills.

    Args:
        source: a module all of whose data segments are active and at constant addresses.
    """
    parts = list(sections(source))
    kept = [(kind, content) for kind, content in parts if kind not in (DATA, DATA_COUNT)]
    data = next((content for kind, content in parts if kind == DATA), memoryview(b"\0"))
    return Stripped(module(kept), _end(data))


def _end(data: memoryview) -> int:
    """The end of the highest segment of a data section."""
    cursor = Cursor(data)
    end = 0
    for _ in range(cursor.unsigned()):
        if cursor.byte() != 0 or cursor.byte() != _I32_CONST:
            raise ValueError("a data segment is not at a constant address")
        address = cursor.signed()
        cursor.byte()  # the end of its expression
        size = cursor.unsigned()
        cursor.at += size
        end = max(end, address + size)
    return end
