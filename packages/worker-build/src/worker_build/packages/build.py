"""Wheels made here, by `uv build`: of folders and of source archives, without any compiler.

A compiler would build for this machine. A package whose extensions are optional comes out in pure
Python, one that needs them is refused.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from worker_build.errors import BuildError
from worker_build.packages import store, uv

__all__ = ["EPOCH", "content_of", "copy", "files_of", "from_archive", "from_folder", "kept"]

_LEFT_OUT = frozenset({"__pycache__", "node_modules", "site-packages"})
_HIDDEN = (".cargo", ".gitignore")
"""These decide what a build does."""
_MADE = frozenset({"build", "dist", "venv", "htmlcov"})
_CLEAN_BACKENDS = ("uv_build", "hatchling", "flit_core", "poetry.core")
"""These write nothing into the folder that they build."""

EPOCH = "315532800"
"""1980-01-01: the oldest time that a zip file can hold, the same in every wheel built here."""

_REFUSE = os.devnull if sys.platform == "win32" else "false"
_NO_COMPILER = dict.fromkeys(("CC", "CXX", "FC", "CARGO", "RUSTC", "LD"), _REFUSE) | {
    # Switches by which well-known packages leave their optional extensions out.
    "CHARSET_NORMALIZER_USE_MYPYC": "0",
    "DISABLE_SQLALCHEMY_CEXT": "1",
    "MSGPACK_PUREPYTHON": "1",
    "SKIP_CYTHON": "1",
    "WRAPT_INSTALL_EXTENSIONS": "false",
    **{f"{name}_NO_EXTENSIONS": "1" for name in ("AIOHTTP", "FROZENLIST", "MULTIDICT", "YARL")},
    "PROPCACHE_NO_EXTENSIONS": "1",
}


def from_folder(folder: Path) -> Path:
    """Return the wheel of a project folder, built again only when its files have changed.

    Nothing is left behind in the folder, whatever its build backend is used to.

    Raises:
        BuildError: WB406 with the words of its build backend.
    """

    def build(aside: Path) -> None:
        if _backend(folder).startswith(_CLEAN_BACKENDS):
            _build(folder, aside, str(folder))
            return
        with tempfile.TemporaryDirectory(prefix="worker-build-") as room:
            _build(copy(folder, Path(room) / folder.name), aside, str(folder))

    return _built(content_of(folder), build)


def from_archive(archive: Path, sha256: str, *, package: str) -> Path:
    """Return the wheel of a source archive.

    Args:
        archive: an sdist.
        sha256: of the archive: the name of the result in the cache.
        package: its name and version, for errors.

    Raises:
        BuildError: WB406 with the words of its build backend.
    """
    return _built(sha256, lambda aside: _build(archive, aside, package))


def kept(kind: str, key: str, build: Callable[[Path], None]) -> Path:
    """Return a wheel from the cache, built now unless it is there and whole.

    Args:
        kind: as in `store.entry`.
        key: the name of what it is made from, and with.
        build: writes one wheel into an empty folder.
    """

    def fill(aside: Path) -> None:
        build(aside)
        wheel = next(aside.glob("*.whl"))
        (aside / "sha256").write_text(store.sha256(wheel), encoding="ascii")

    home = store.entry(kind, key, whole=_whole, fill=fill)
    return next(home.glob("*.whl"))


def _built(content: str, build: Callable[[Path], None]) -> Path:
    key = hashlib.sha256(f"{content}\0{sys.version}\0{uv.version()}".encode()).hexdigest()
    return kept("built", key, build)


def _build(source: Path, out: Path, package: str) -> None:
    args = ("--wheel", "--no-create-gitignore", f"--out-dir={out}", str(source))
    try:
        uv.run("build", *args, cwd=out, env={"SOURCE_DATE_EPOCH": EPOCH, **_NO_COMPILER})
    except uv.UvError as error:
        raise BuildError(
            "WB406",
            f"{package} cannot be built",
            str(source),
            "correct what its build backend says, or depend on a version that has a wheel; C and "
            "Rust are built for a worker by `pyodide build` alone",
            details=str(error).splitlines()[-20:],
        ) from None


def _backend(folder: Path) -> str:
    try:
        document = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        return document["build-system"]["build-backend"]
    except (OSError, ValueError, KeyError):
        return "setuptools"


def copy(folder: Path, target: Path) -> Path:
    """Copy what can matter to a build of a project folder."""
    for path in files_of(folder):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    if (folder / ".git").is_dir():
        # Backends read a version out of the repository; it is read only.
        (target / ".git").symlink_to(folder / ".git")
    return target


def _whole(home: Path) -> bool:
    wheel = next(home.glob("*.whl"), None) if home.is_dir() else None
    if wheel is None or not (home / "sha256").is_file():
        return False
    return (home / "sha256").read_text("ascii") == store.sha256(wheel)


def content_of(folder: Path) -> str:
    """Hash every file that can matter to a build of a folder: names and bytes, no times."""
    total = hashlib.sha256(str(folder).encode())
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        total.update(f"{name}\0{store.sha256(path)}\0".encode())
    return total.hexdigest()


def files_of(folder: Path, *, top: bool = True) -> Iterator[Path]:
    """Every file of a project folder that can matter to a build, sorted by path."""
    for child in sorted(folder.iterdir()):
        if _is_left_out(child, top=top):
            continue
        if child.is_dir():
            yield from files_of(child, top=False)
        elif child.is_file() and child.suffix not in {".pyc", ".so", ".pyd"}:
            yield child


def _is_left_out(path: Path, *, top: bool) -> bool:
    hidden = path.name.startswith(".") and not path.name.startswith(_HIDDEN)
    made = (top and path.name in _MADE) or path.name.endswith(".egg-info")
    # What cargo makes, beside what it is made from.
    made |= path.name == "target" and path.with_name("Cargo.toml").is_file()
    return hidden or made or path.name in _LEFT_OUT
