"""Everything that a bundle holds, decoded: sections, data segments, zip entries."""

from __future__ import annotations

import io
import itertools
import json
import lzma
import zipfile
from collections.abc import Iterator, Mapping

_CUSTOM, _DATA = 0, 11


def pieces(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Each file by its path; each section of a wasm module; each entry of a zip file."""
    for path, content in files.items():
        yield path, content
        yield path, path.encode()
        if content.startswith(b"\0asm"):
            for name, section in (*_sections(content), *_packed(dict(_sections(content)))):
                yield f"{path}: {name}", section
                if section.startswith(b"PK\x03\x04"):
                    yield from _zip_entries(f"{path}: {name}", section)


def _packed(sections: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Each packed file of a module of files."""
    blocks = (sections.get(f"packed:{number}") for number in itertools.count())
    text = b"".join(lzma.decompress(block) for block in itertools.takewhile(bool, blocks) if block)
    todo = [("", json.loads(sections["index"]))] if text else []
    for path, entry in todo:
        if isinstance(entry, dict):
            todo += [(f"{path}/{name}", below) for name, below in entry.items()]
        elif isinstance(entry, list):
            size, at = entry
            yield path, text[at : at + size]


def _zip_entries(where: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            yield f"{where}: {entry.filename}", archive.read(entry)
            yield (
                f"{where}: {entry.filename}",
                entry.filename.encode() + entry.comment + entry.extra,
            )


def _unsigned(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def _sections(module: bytes) -> Iterator[tuple[str, bytes]]:
    at = 8
    while at < len(module):
        kind = module[at]
        size, at = _unsigned(module, at + 1)
        section, at = module[at : at + size], at + size
        if kind == _CUSTOM:
            length, start = _unsigned(section, 0)
            yield section[start : start + length].decode(), section[start + length :]
        elif kind == _DATA:
            yield "data", heap(section)


def heap(section: bytes) -> bytes:
    """The memory that active data segments make: no header stands in the middle of a string."""
    memory = bytearray()
    count, at = _unsigned(section, 0)
    for _ in range(count):
        flags, at = _unsigned(section, at)
        assert flags == 0
        assert section[at] == 0x41
        address, at = _signed(section, at + 1)
        assert section[at] == 0x0B
        size, at = _unsigned(section, at + 1)
        memory.extend(bytes(max(0, address + size - len(memory))))
        memory[address : address + size] = section[at : at + size]
        at += size
    return bytes(memory)


def _signed(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return (value - (1 << shift) if byte & 0x40 else value), at
