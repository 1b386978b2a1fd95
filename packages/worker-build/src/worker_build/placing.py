"""Where extension modules lie in an image, checked before it goes into a bundle.

A bundle loads each extension again at the place that stands beside the heap (`memory`); the
pointers in the heap go to the place where it was while building. Emscripten's C library has a
record of each library in the heap itself: both must agree, and with what the module asks for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from worker_build.dylink import Dylink, dylink_of
from worker_build.errors import BuildError
from worker_build.wasm import read_image

__all__ = ["check_places"]

_RECORD = struct.Struct("<4I")
_RECORD_AT = 12
"""In Emscripten's `struct dso`: address and size of its data, first slot and slots of its table."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """An extension of an image.

    Attributes:
        path: in the worker's file system.
        asks: what it asks of its loader.
        entry: where a bundle loads it, as `host.mjs` has it: `memory`, `size`, `base`, `slot`, …
        recorded: where the heap has it: address and size of the data, first slot, slots.
    """

    path: str
    asks: Dylink
    entry: Mapping[str, Any]
    recorded: tuple[int, int, int, int]

    @property
    def data(self) -> range:
        """The addresses of its data."""
        return range(self.entry["base"], self.entry["base"] + self.asks.size)

    @property
    def slots(self) -> range:
        """Its part of the function table."""
        return range(self.entry["slot"], self.entry["slot"] + self.asks.slots)


def check_places(image: bytes, extensions: Mapping[str, bytes]) -> None:
    """Refuse an image whose extension modules a bundle would load where it does not expect them.

    Args:
        image: as `wasm.image_module` makes it.
        extensions: the extension modules of the bundle, by path.

    Raises:
        BuildError: WB411 with the module and what is wrong with its place.
    """
    if not extensions:
        return
    heap, memory = read_image(image)
    before: list[_Placed] = []
    for placed in _placed(heap, memory, extensions):
        if why := next(_troubles(placed, before, memory), None):
            raise _misplaced(placed.path, why)
        before.append(placed)


def _placed(
    heap: bytearray, memory: Mapping[str, Any], extensions: Mapping[str, bytes]
) -> Iterator[_Placed]:
    for entry in memory["extensions"]:
        path, at = entry["name"], entry["handle"] + _RECORD_AT
        if path not in extensions:
            raise _misplaced(path, "it is in the image, and not in the bundle")
        if at + _RECORD.size > len(heap):
            raise _misplaced(path, f"the image has no record of it at address {at}")
        found = _RECORD.unpack_from(heap, at)
        yield _Placed(path, dylink_of(extensions[path]), entry, found)


def _troubles(placed: _Placed, before: list[_Placed], memory: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a place, told as it would be about the module."""
    asks, entry = placed.asks, placed.entry
    base, size, slot, slots = placed.recorded
    if (size, slots) != (asks.size, asks.slots):
        yield (
            f"it has {asks.size} bytes of data and {asks.slots} functions, and the image has"
            f" {size} and {slots} of it"
        )
    if entry["base"] != base:
        yield f"its data would be at address {entry['base']}, and the image has them at {base}"
    if entry["slot"] != slot:
        yield f"its functions would be at {entry['slot']} of the table, the image has {slot}"
    if entry["base"] % asks.alignment:
        yield f"its data at {entry['base']} are not aligned to {asks.alignment} bytes"
    yield from _outside(placed, memory)
    for other in before:
        if _overlap(placed.data, other.data) or _overlap(placed.slots, other.slots):
            yield f"its place is also that of {PurePosixPath(other.path).name}"


def _outside(placed: _Placed, memory: Mapping[str, Any]) -> Iterator[str]:
    """Whether the loader would put it elsewhere than into its own block, inside of the heap."""
    asks, entry = placed.asks, placed.entry
    if asks.size:
        block = range(entry["memory"], entry["memory"] + entry["size"])
        aligned = -(-block.start // asks.alignment) * asks.alignment
        if aligned != placed.data.start or placed.data.stop > block.stop:
            yield (
                f"its data at {placed.data.start} are not at the aligned start of the"
                f" {len(block)} bytes at {block.start} that are kept for them"
            )
        if block.start < memory["bss"] or block.stop > memory["size"]:
            yield f"its data at {block.start} are not in the heap of {memory['size']} bytes"
        if entry["table"] != entry["slot"] and asks.slots:
            yield f"the table would have {entry['table']} functions before its own"
    if placed.slots.stop > memory["table"]:
        yield f"its functions would end at {placed.slots.stop} of a table of {memory['table']}"


def _overlap(one: range, other: range) -> bool:
    return max(one.start, other.start) < min(one.stop, other.stop)


def _misplaced(path: str, why: str) -> BuildError:
    return BuildError(
        "WB411",
        f"{PurePosixPath(path).name} is not where the image has it: {why}",
        path,
        "take the image anew: `worker-build clean --cache`, then build; if it is the same again,"
        " report the package as a bug",
    )
