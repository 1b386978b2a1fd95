"""The wasm modules that carry data, written: files, the heap image. Nothing in them runs.

And the sections of any module, read: what the interpreter's module sheds, see `pruning.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_HEADER = b"\0asm\x01\0\0\0"
CUSTOM, IMPORT, MEMORY, GLOBAL, EXPORT, CODE, DATA, DATA_COUNT = 0, 2, 5, 6, 7, 10, 11, 12
_ZEROS = re.compile(rb"\0{64,}")
"""A run of zeros shorter than this costs less to write than a new segment."""
_NO_CODE = b"\x0a\x01\0"
"""An empty code section. V8 names a module in its cache by a hash of all that comes before its
code, byte by byte: with this in front, data are not hashed at every start."""


def sections(module: bytes) -> Iterator[tuple[int, memoryview]]:
    """The sections of a module, in order: their kind, their content."""
    view = memoryview(module)
    cursor = Cursor(view)
    cursor.at = len(_HEADER)
    while cursor.at < len(view):
        kind = cursor.byte()
        size = cursor.unsigned()
        cursor.at += size
        yield kind, view[cursor.at - size : cursor.at]


class Cursor:
    """A place in the content of a section, and what is read there."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self._view[self.at - 1]

    def unsigned(self) -> int:
        """LEB128."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self) -> int:
        """Signed LEB128."""
        start = self.at
        value = self.unsigned()
        negative = self._view[self.at - 1] & 0x40
        return value - (1 << 7 * (self.at - start)) if negative else value

    def take(self, size: int) -> memoryview:
        """So many bytes."""
        self.at += size
        return self._view[self.at - size : self.at]

    def rest(self) -> memoryview:
        """All that is left."""
        return self.take(len(self._view) - self.at)

    def name(self) -> str:
        return bytes(self.take(self.unsigned())).decode()


def module(parts: Iterable[tuple[int, bytes | memoryview]]) -> bytes:
    """A module of these sections, in order."""
    return _HEADER + b"".join(_section(kind, content) for kind, content in parts)


def _unsigned(value: int) -> bytes:
    """LEB128."""
    encoded = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        encoded.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(encoded)


def _signed(value: int) -> bytes:
    """Signed LEB128 of a value that is not negative (an address)."""
    encoded = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        last = value == 0 and not byte & 0x40
        encoded.append(byte | (0 if last else 0x80))
        if last:
            return bytes(encoded)


def _section(kind: int, content: bytes | memoryview) -> bytes:
    return bytes([kind]) + _unsigned(len(content)) + content


def _name(text: str) -> bytes:
    encoded = text.encode()
    return _unsigned(len(encoded)) + encoded


def custom_sections(sections: Iterable[tuple[str, bytes]]) -> bytes:
    """The bytes of custom sections, by name, in the order given."""
    return b"".join(_section(CUSTOM, _name(name) + content) for name, content in sections)


def module_name(name: str) -> bytes:
    """A section to append to a module: the name that the engine tells it by in stack traces."""
    named = _name(name)
    return custom_sections([("name", b"\0" + _unsigned(len(named)) + named)])


def files_module(
    files: Mapping[str, bytes],
    empty: Iterable[str] = (),
    *,
    packed: Mapping[str, bytes] | None = None,
    blocks: Iterable[bytes] = (),
) -> bytes:
    """A wasm module of files: a custom section each, and the tree as JSON in `index`.

    Args:
        files: content by absolute path.
        empty: further absolute paths that exist as eight zero bytes: extension modules, which are
            modules of their own.
        packed: files that are in `blocks`, one after the other; in the tree they have their size
            and where they begin.
        blocks: see `packing.pack`; sections `packed:0` and so on.
    """
    entries: dict[str, Any] = dict.fromkeys(empty, 8)
    entries |= {path: len(content) for path, content in files.items()}
    at = 0
    for path, content in (packed or {}).items():
        entries[path] = [len(content), at]
        at += len(content)
    contents = dict(files)
    contents |= {f"packed:{number}": block for number, block in enumerate(blocks)}
    index = json.dumps(_tree(entries), separators=(",", ":"), ensure_ascii=False).encode()
    return _HEADER + _NO_CODE + custom_sections([("index", index), *sorted(contents.items())])


def _tree(entries: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, entry in sorted(entries.items()):
        *folders, name = path.lstrip("/").split("/")
        branch = tree
        for folder in folders:
            branch = branch.setdefault(folder, {})
        branch[name] = entry
    return tree


def image_module(heap: bytes | memoryview, memory: Mapping[str, object]) -> bytes:
    """A wasm module whose data segments write `heap` into its memory, but for zeros.

    Args:
        heap: linear memory from address 0.
        memory: what stands beside it, as JSON in the custom section `memory`.
    """
    segments = bytearray()
    count = 0
    view = memoryview(heap)
    start = 0
    for run in (*_ZEROS.finditer(view), None):
        end = len(view) if run is None else run.start()
        if end > start:
            segments += b"\0\x41" + _signed(start) + b"\x0b" + _unsigned(end - start)
            segments += view[start:end]
            count += 1
        if run is not None:
            start = run.end()
    imported = b"\x01" + _name("env") + _name("memory") + b"\x02\0\0"
    described = json.dumps(memory, separators=(",", ":"), sort_keys=True).encode()
    return (
        _HEADER
        + _section(IMPORT, imported)
        + _NO_CODE
        + _section(DATA, _unsigned(count) + bytes(segments))
        + custom_sections([("memory", described)])
    )


def read_image(image: bytes) -> tuple[bytearray, dict[str, Any]]:
    """Return what `image_module` was given: the heap, and what stands beside it."""
    parts = list(sections(image))
    (described,) = (Cursor(content) for kind, content in parts if kind == CUSTOM)
    described.name()
    memory: dict[str, Any] = json.loads(bytes(described.rest()))
    heap = bytearray(memory["size"])
    for content in (content for kind, content in parts if kind == DATA):
        cursor = Cursor(content)
        for _ in range(cursor.unsigned()):
            cursor.at += 2
            start = cursor.signed()
            cursor.at += 1
            written = cursor.take(cursor.unsigned())
            heap[start : start + len(written)] = written
    return heap, memory


def signal_module() -> bytes:
    """A wasm module in whose memory the runtime writes its CPU signal.

    The runtime finds it by two exported globals that hold addresses. Until it has registered them,
    the signal reads 0xFFFF; the word after it becomes non-zero when the instance is terminated.
    """
    signal, terminated = 0, 4
    memory = b"\x01\x00\x01"
    constants = b"\x02" + b"".join(
        b"\x7f\x00\x41" + _signed(at) + b"\x0b" for at in (signal, terminated)
    )
    exports = (
        b"\x03"
        + _name("memory") + b"\x02\x00"
        + _name("__instance_signal") + b"\x03\x00"
        + _name("__instance_terminated") + b"\x03\x01"
    )  # fmt: skip
    data = b"\x01\x00\x41\x00\x0b\x04\xff\xff\x00\x00"
    return (
        _HEADER
        + _section(MEMORY, memory)
        + _section(GLOBAL, constants)
        + _section(EXPORT, exports)
        + _section(DATA, data)
    )
