"""The part of the cache that builds fill: entries are whole or absent, named by content."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from worker_build.errors import BuildError
from worker_build.toolchain import CACHE_VARIABLE, cache_dir

__all__ = [
    "entry",
    "forget_old",
    "is_sealed",
    "known",
    "name_of",
    "put",
    "read_sealed",
    "sha256",
    "value",
    "write_sealed",
]

_DAY = 86_400
_VALUE = "value.json"
_KEPT_VALUES = 1000


def entry(
    kind: str, key: str, *, whole: Callable[[Path], bool], fill: Callable[[Path], object]
) -> Path:
    """Return the folder of a cache entry, made now unless it is there and whole.

    Args:
        kind: what the entry is: `wheels`, `unpacked`, `built`, `locks`.
        key: its content's name, safe as a file name.
        whole: whether a folder is a complete, undamaged entry.
        fill: writes the entry into an empty folder; what it raises leaves no entry behind.

    Raises:
        BuildError: WB304 when the cache cannot be written.
    """
    home = cache_dir() / "packages" / kind / key
    if whole(home):
        return home
    with _told(home):
        home.parent.mkdir(parents=True, exist_ok=True)
        _sweep(home.parent)
        aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=home.parent))
    try:
        with _told(home):
            fill(aside)
            _place(aside, home, whole)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return home


def value(kind: str, key: str, make: Callable[[], Any]) -> Any:
    """Return a small value that JSON can hold, made now unless the cache has it.

    Raises:
        BuildError: WB304 when the cache cannot be written; and what `make` raises.
    """

    def fill(aside: Path) -> None:
        write_sealed(aside / _VALUE, make())
        forget_old(kind, _VALUE, _KEPT_VALUES)

    home = entry(kind, key, whole=lambda home: is_sealed(home / _VALUE), fill=fill)
    return read_sealed(home / _VALUE)


def known(kind: str, key: str) -> Any:
    """Return a small value that the cache has, or None; it counts as used."""
    file = cache_dir() / "packages" / kind / key / _VALUE
    try:
        found = read_sealed(file)
    except (OSError, ValueError):
        return None
    with contextlib.suppress(OSError):
        file.touch()
    return found


def put(kind: str, key: str, value: Any, *, kept: int) -> None:
    """Write a small value in the place of the one that the cache has; `kept` as in `forget_old`.

    Raises:
        BuildError: WB304 when the cache cannot be written.
    """
    home = cache_dir() / "packages" / kind / key
    with _told(home):
        home.mkdir(parents=True, exist_ok=True)
        _sweep(home)
        aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=home))
        try:
            write_sealed(aside / _VALUE, value)
            (aside / _VALUE).replace(home / _VALUE)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    forget_old(kind, _VALUE, kept)


def write_sealed(file: Path, value: Any) -> None:
    """Write what JSON can hold, below a line with its hash."""
    text = json.dumps(value)
    file.write_text(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", "utf-8")


def read_sealed(file: Path) -> Any:
    """Return what `write_sealed` wrote.

    Raises:
        ValueError: something else is in the file.
        OSError: it cannot be read.
    """
    seal, _, text = file.read_text("utf-8").partition("\n")
    if seal != hashlib.sha256(text.encode()).hexdigest():
        raise ValueError(f"{file} is damaged")
    return json.loads(text)


def is_sealed(file: Path) -> bool:
    """Whether `read_sealed` can read a file."""
    try:
        read_sealed(file)
    except (OSError, ValueError):
        return False
    return True


def forget_old(kind: str, file: str, kept: int) -> None:
    """Drop all entries of a kind but those used last.

    Args:
        kind: as in `entry`.
        file: the file of an entry whose time tells when the entry was used.
        kept: how many stay.
    """
    found = (cache_dir() / "packages" / kind).glob(f"*/{file}")
    by_use: list[tuple[float, Path]] = []
    for path in found:
        with contextlib.suppress(OSError):  # another build drops the same one
            by_use.append((path.stat().st_mtime, path.parent))
    for _, home in sorted(by_use, reverse=True)[kept:]:
        shutil.rmtree(home, ignore_errors=True)


def name_of(files: Mapping[str, bytes], *more: str) -> str:
    """Return a key that differs when a name or a byte of any file differs."""
    total = hashlib.sha256("\0".join(more).encode())
    for name, content in sorted(files.items()):
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(aside: Path, home: Path, whole: Callable[[Path], bool]) -> None:
    try:
        aside.rename(home)
    except OSError:
        # Another build was faster, or a damaged entry stands there.
        if whole(home):
            return
        damaged = Path(tempfile.mkdtemp(prefix=".aside-", dir=home.parent))
        with contextlib.suppress(OSError):
            home.rename(damaged / "damaged")
        shutil.rmtree(damaged, ignore_errors=True)
        aside.rename(home)


def _sweep(parent: Path) -> None:
    """Remove what killed builds left behind: nothing takes a day to make."""
    for left in parent.glob(".aside-*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _DAY:
                shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _told(home: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise BuildError(
            "WB304",
            f"the cache cannot be written: {error.strerror or error}",
            str(home.parent),
            f"make it writable, with room on its disk, or set {CACHE_VARIABLE} elsewhere",
        ) from error
