"""Bytecode of the standard library and of packages: compiled once, used while building alone.

The bundle holds sources. The build worker compiles a module that no build has imported yet, and
hands its bytecode out (`runtime/bytecode.py`); the image is taken in a run that compiles none of
them, so it is the same whatever the cache has. An entry of the cache is a package, named by its
content, and grows with the modules of it that are imported.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from worker_build.packages import store
from worker_build.stage import StagedFile
from worker_build.wasm import files_module

__all__ = ["keep", "module", "owners", "read"]

_KIND: Final = "bytecode"
_FOLDER: Final = "/bytecode"
"""Where the build worker has the bytecode of a source, below it its path and hash."""
_KEPT: Final = 200
"""Entries of 7 MB at most, as a rule of some 100 kB; the ones used last stay."""


def owners(archive: str, library: bytes, files: Iterable[StagedFile], how: str) -> dict[str, str]:
    """The entry of the cache that holds a source's bytecode, by the source's path.

    Args:
        archive: the path of the standard library; it stands for all that is in it.
        library: its content.
        files: those of the packages.
        how: what bytecode depends on beside its source: the interpreter, its switches.
    """
    packages: dict[str | None, list[StagedFile]] = defaultdict(list)
    for file in files:
        if file.vfs.endswith(".py"):
            packages[file.package].append(file)
    found = {archive: _key(how, hashlib.sha256(library).hexdigest())}
    for each in packages.values():
        key = _key(how, *(f"{file.vfs} {file.sha256}" for file in each))
        found |= {file.vfs: key for file in each}
    return found


def module(known: Mapping[str, str]) -> bytes:
    """The wasm module that hands bytecode to the build worker, see `read`."""
    return files_module({f"{_FOLDER}{name}": bytes.fromhex(code) for name, code in known.items()})


def read(owners: Mapping[str, str]) -> dict[str, str]:
    """All bytecode that the cache has: in hexadecimal, by `path:hash` of the source."""
    found: dict[str, str] = {}
    for key in set(owners.values()):
        found |= store.known(_KIND, key) or {}
    return found


def keep(owners: Mapping[str, str], lines: str) -> dict[str, str]:
    """Put into the cache what a run had to compile, and return it as `read` would.

    Args:
        owners: see `owners`.
        lines: what the build worker says: `bytecode path:hash` each.

    Raises:
        BuildError: WB304, the cache cannot be written.
    """
    pairs = (line.partition(" ") for line in lines.split("\n") if line)
    compiled = {name: code for code, _, name in pairs}
    entries: dict[str, dict[str, str]] = defaultdict(dict)
    for name, code in compiled.items():
        path, _, _ = name.rpartition(":")
        archive, inside, _ = path.partition(".zip/")
        key = owners.get(f"{archive}.zip" if inside else path)
        if key is not None:
            entries[key][name] = code
    for key, more in entries.items():
        store.put(_KIND, key, {**(store.known(_KIND, key) or {}), **more}, kept=_KEPT)
    return compiled


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
