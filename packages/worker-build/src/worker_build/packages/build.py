"""Wheels made here, by `uv build`: of folders, of Git repositories and of source archives."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from worker_build.errors import BuildError
from worker_build.packages import store, uv

__all__ = ["clone", "from_archive", "from_folder"]

_LEFT_OUT = frozenset(
    {"__pycache__", "node_modules", "build", "dist", "venv", "htmlcov", "site-packages"}
)
_EPOCH = "315532800"
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

    Raises:
        BuildError: WB406 with the words of its build backend.
    """
    return _built(folder, _content(folder), str(folder), env={})


def from_archive(archive: Path, sha256: str, *, package: str) -> Path:
    """Return the wheel of a source archive, built without any compiler.

    A package whose extensions are optional comes out in pure Python.

    Args:
        archive: an sdist.
        sha256: of the archive: the name of the result in the cache.
        package: its name and version, for errors.

    Raises:
        BuildError: WB406 with the words of its build backend.
    """
    return _built(archive, sha256, package, env=_NO_COMPILER)


def clone(url: str, commit: str, *, package: str) -> Path:
    """Return a folder with one commit of a Git repository, fetched once.

    Args:
        url: as Git takes it.
        commit: the full commit id.
        package: its name, for errors.

    Raises:
        BuildError: WB404 when Git cannot fetch it.
    """

    def fill(aside: Path) -> None:
        for args in (
            ("init", "--quiet"),
            ("fetch", "--quiet", "--depth=1", url, commit),
            ("checkout", "--quiet", "FETCH_HEAD"),
            ("submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"),
        ):
            _git(args, aside, package, url)
        (aside / ".git" / "worker-build").touch()

    key = hashlib.sha256(f"{url}\0{commit}".encode()).hexdigest()
    return store.entry(
        "git", key, whole=lambda home: (home / ".git" / "worker-build").is_file(), fill=fill
    )


def _git(args: tuple[str, ...], folder: Path, package: str, url: str) -> None:
    try:
        done = subprocess.run(
            ["git", *args],
            check=False,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
    except FileNotFoundError:
        raise BuildError(
            "WB404", f"{package} comes from Git, which is missing", fix="install git"
        ) from None
    if done.returncode != 0:
        raise BuildError(
            "WB404",
            f"{package} cannot be fetched with Git",
            url,
            "look at the network and at the repository's address and access rights",
            details=done.stderr.strip().splitlines()[-5:],
        )


def _built(source: Path, content: str, package: str, *, env: dict[str, str]) -> Path:
    key = hashlib.sha256(f"{content}\0{sys.version}\0{uv.version()}".encode()).hexdigest()

    def fill(aside: Path) -> None:
        try:
            uv.run(
                "build", "--wheel", "--no-create-gitignore", "--out-dir", str(aside), str(source),
                cwd=aside, env={"SOURCE_DATE_EPOCH": _EPOCH, **env},
            )  # fmt: skip
        except uv.UvError as error:
            raise BuildError(
                "WB406",
                f"{package} cannot be built",
                str(source),
                "correct what its build backend says, or depend on a version that has a wheel",
                details=str(error).splitlines()[-20:],
            ) from None
        wheel = next(aside.glob("*.whl"))
        (aside / "sha256").write_text(store.sha256(wheel), encoding="ascii")

    home = store.entry("built", key, whole=_whole, fill=fill)
    return next(home.glob("*.whl"))


def _whole(home: Path) -> bool:
    wheel = next(home.glob("*.whl"), None) if home.is_dir() else None
    if wheel is None or not (home / "sha256").is_file():
        return False
    return (home / "sha256").read_text("ascii") == store.sha256(wheel)


def _content(folder: Path) -> str:
    """Hash every file that can matter to a build: names and bytes, no times."""
    total = hashlib.sha256(str(folder).encode())
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        total.update(f"{name}\0{store.sha256(path)}\0".encode())
    return total.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for child in sorted(folder.iterdir()):
        if child.name.startswith(".") or child.name in _LEFT_OUT:
            continue
        if child.is_dir():
            if not child.name.endswith(".egg-info"):
                yield from _files(child)
        elif child.is_file() and child.suffix not in {".pyc", ".so", ".pyd"}:
            yield child
