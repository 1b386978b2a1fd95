"""Which file of each locked package a worker takes, and how it becomes a wheel here."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from packaging.pylock import (
    Package,
    PackageArchive,
    PackageDirectory,
    PackageSdist,
    PackageVcs,
    PackageWheel,
    PylockSelectError,
)
from packaging.utils import parse_wheel_filename

from worker_build.errors import BuildError
from worker_build.packages import build, git, runtime, store
from worker_build.packages.fetch import fetch
from worker_build.packages.lock import Locked
from worker_build.packages.missing import Missing
from worker_build.packages.source import needs_compiler
from worker_build.packages.target import ENVIRONMENT, PLATFORM, TAGS, fits

__all__ = ["Wheel", "obtain", "select"]

type Source = PackageVcs | PackageDirectory | PackageArchive | PackageWheel | PackageSdist

_NATIVE = (".so", ".pyd", ".dll", ".dylib")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package's wheel on this machine.

    Attributes:
        package: as the lock has it.
        path: the wheel file.
        folder: the folder that it was built from, when that is the user's own; else None.
        note: what people should know about it, or None.
    """

    package: Package
    path: Path
    folder: Path | None = None
    note: str | None = None


def select(locked: Locked) -> tuple[list[tuple[Package, Source]], list[Missing]]:
    """Choose one file for each package that a worker needs, by its tags and markers.

    Returns:
        Each package with its file, and those that have neither a fitting wheel nor a source.

    Raises:
        BuildError: WB403 when the lock leaves this platform out.
    """
    needed = [package for package in locked.pylock.packages if _needed(package)]
    missing = [Missing(package, _has(package)) for package in needed if not _has_file(package)]
    pylock = replace(locked.pylock, packages=[each for each in needed if _has_file(each)])
    try:
        return list(pylock.select(environment=ENVIRONMENT, tags=TAGS)), missing
    except PylockSelectError as error:
        raise BuildError(
            "WB403",
            f"the locked packages leave the platform of a worker out: {error}",
            str(locked.file or "pyproject.toml"),
            "let [tool.uv] `environments` and `requires-python` include Python 3.14 with "
            "sys_platform == 'emscripten', then run `uv lock`",
        ) from None


def obtain(package: Package, source: Source, locked: Locked) -> Wheel | Missing:
    """Get the wheel of a chosen file: downloaded, built from a folder, or from a source archive.

    Raises:
        BuildError: WB403 when the lock has a foreign `worker`, WB404 to WB406 when the wheel
            cannot be had.
    """
    label = f"{package.name} {package.version}" if package.version else package.name
    if isinstance(source, PackageDirectory):
        folder = _inside(locked.base / source.path, source.subdirectory)
        return _from_source(package, folder, lambda: build.from_folder(folder), own=folder)
    if isinstance(source, PackageVcs):
        if source.url is None:
            folder = locked.base / str(source.path)
        else:
            folder = git.clone(source.url, source.commit_id, package=label)
        folder = _inside(folder, source.subdirectory)
        return _from_source(package, folder, lambda: build.from_folder(folder))
    if package.name in runtime.NAMES and not isinstance(source, PackageArchive):
        return _ours(package, locked)
    file = _file(source, locked, label)
    if file.suffix == ".whl":
        return Wheel(package, _checked(file, label))
    sha256 = source.hashes["sha256"]
    return _from_source(package, file, lambda: build.from_archive(file, sha256, package=label))


def _from_source(
    package: Package, source: Path, make: Callable[[], Path], *, own: Path | None = None
) -> Wheel | Missing:
    """A wheel that is made without a compiler, or what a compiler would need to make one.

    Args:
        package: as the lock has it.
        source: an sdist or a folder.
        make: builds it.
        own: the source, when it is one of the user's own folders.
    """
    compiled, native = needs_compiler(source)
    has = f"{_has(package)}, and its source needs" if source.is_file() else "its source needs"
    missing = Missing(package, f"{has} a compiler", source=source, folder=own)
    if compiled:
        return missing
    try:
        wheel = make()
    except BuildError:
        if native:
            return missing
        raise
    if not _pure(wheel):
        return missing
    slower = "built without its extension modules: slower than elsewhere" if native else None
    return Wheel(package, wheel, own, note=slower)


def _ours(package: Package, locked: Locked) -> Wheel:
    """The index's `worker` is somebody else's: ours, whatever file was chosen, at our version."""
    if str(package.version) != runtime.version():
        raise BuildError(
            "WB403",
            f"the project locks {package.name} {package.version}; this worker-build goes with "
            f"{runtime.version()}, and the {package.name} of the index is somebody else's",
            str(locked.file or "pyproject.toml"),
            "put the runtime wheels beside the project with `python -m "
            'worker_build.packages.runtime wheels`, set [tool.uv] find-links = ["wheels"], and run '
            f"`uv lock --upgrade-package {package.name}`; or delete uv.lock",
        )
    return Wheel(package, runtime.wheels()[package.name])


def _file(source: PackageArchive | PackageWheel | PackageSdist, locked: Locked, label: str) -> Path:
    sha256 = source.hashes.get("sha256")
    if sha256 is None:
        raise BuildError(
            "WB405", f"{label} is locked without a sha256", fix="run `uv lock --upgrade-package`"
        )
    if source.url is not None:
        return fetch(source.url, sha256, package=label, root=locked.root)
    path = (locked.base / str(source.path)).resolve()
    if not path.is_file():
        raise BuildError("WB404", f"{label} is gone", str(path), "put it back, or lock again")
    if store.sha256(path) != sha256:
        raise BuildError(
            "WB405", f"{label} is not the file that was locked", str(path), "lock again: `uv lock`"
        )
    return path


def _checked(wheel: Path, label: str) -> Path:
    tags = parse_wheel_filename(wheel.name)[3]
    if not (fits(tags) or _pure(wheel)):
        built_for = ", ".join(sorted(map(str, tags)))
        raise BuildError(
            "WB401",
            f"{label} has extension modules, built for {built_for}; a worker is cp314, {PLATFORM}",
            str(wheel.name),
            "build its wheel with `pyodide build` and depend on that file",
        )
    return wheel


def _pure(wheel: Path) -> bool:
    """Whether a wheel holds nothing native, whatever its name says."""
    with zipfile.ZipFile(wheel) as archive:
        return not any(name.endswith(_NATIVE) for name in archive.namelist())


def _inside(folder: Path, subdirectory: str | None) -> Path:
    return (folder / (subdirectory or "")).resolve()


def _needed(package: Package) -> bool:
    if package.marker is None:
        return True
    return package.marker.evaluate(cast("dict[str, str]", ENVIRONMENT), context="lock_file")


def _has_file(package: Package) -> bool:
    if package.vcs or package.directory or package.archive or package.sdist:
        return True
    return any(fits(parse_wheel_filename(wheel.filename)[3]) for wheel in package.wheels or ())


def _has(package: Package) -> str:
    count = len(package.wheels or ())
    if count:
        return f"its {f'{count} wheels are' if count > 1 else 'wheel is'} for other platforms"
    return "it has no wheels" if package.sdist else "none of its files is for Python 3.14"
