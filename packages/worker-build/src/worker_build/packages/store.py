"""The part of the cache that holds packages: entries are whole or absent, named by content."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path

from worker_build.errors import BuildError
from worker_build.toolchain import CACHE_VARIABLE, cache_dir

__all__ = ["entry", "sha256"]

_DAY = 86_400


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
