"""What a package's source says about itself: whether it can do without a compiler."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from worker_build.packages.build import files_of

__all__ = ["needs_compiler"]

_COMPILED = ("maturin", "meson", "scikit_build", "skbuild", "sipbuild", "cmake", "setuptools_rust")
_SOURCES = frozenset({".c", ".cc", ".cpp", ".cxx", ".f90", ".pyx", ".rs"})


def needs_compiler(source: Path) -> tuple[bool, bool]:
    """Look into an sdist, or a folder, without running anything of it.

    Returns:
        Whether its build backend only ever compiles, and whether it holds native sources at all.
        A package for which the first is false and the second true may have optional extensions.
    """
    names, project = _folder(source) if source.is_dir() else _archive(source)
    system = _build_system(project)
    backend = str(system.get("build-backend", "setuptools")).replace("-", "_")
    required = " ".join(map(str, system.get("requires", []))).replace("-", "_")
    always = any(word in f"{backend} {required}" for word in _COMPILED)
    tests = {"test", "tests", "doc", "docs", "examples"}
    native = any(
        PurePosixPath(name).suffix in _SOURCES and tests.isdisjoint(PurePosixPath(name).parts)
        for name in names
    )
    return always, native


def _folder(folder: Path) -> tuple[list[str], bytes]:
    names = [path.relative_to(folder).as_posix() for path in files_of(folder)]
    project = folder / "pyproject.toml"
    return names, project.read_bytes() if project.is_file() else b""


def _archive(archive: Path) -> tuple[list[str], bytes]:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as file:
            names = file.namelist()
            top = _top(names)
            return names, file.read(top) if top else b""
    with tarfile.open(archive) as file:
        names = file.getnames()
        top = _top(names)
        member = file.extractfile(top) if top else None
        return names, member.read() if member else b""


def _top(names: list[str]) -> str | None:
    found = (name for name in names if PurePosixPath(name).name == "pyproject.toml")
    return next((name for name in found if len(PurePosixPath(name).parts) == 2), None)


def _build_system(project: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(project.decode()).get("build-system", {})
    except ValueError:
        return {}
