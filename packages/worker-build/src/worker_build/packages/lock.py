"""A project's dependencies, locked: every package with its files, their addresses and hashes.

A `uv.lock` is read and never written. A project without one is resolved by uv as its configuration
says, aside, and the answer is kept in the cache until a file or a setting that it came from
changes: builds of the same sources keep the same packages, and need no network. An answer that had
to be found without a network is asked for again after an hour.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from packaging.markers import Marker
from packaging.pylock import Package, Pylock, PylockValidationError
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from worker_build.errors import BuildError
from worker_build.packages import runtime, store, uv
from worker_build.packages.missing import asked_at
from worker_build.packages.target import ENVIRONMENT
from worker_build.project import Project

__all__ = ["Locked", "lock"]

_NAME = "pylock.toml"
_OFFLINE = "offline"
_HOUR = 3600
_STALE = "needs to be updated"
_OTHER_PYTHON = "incompatible with the project's Python requirement"
_SOURCES = frozenset({"archive", "directory", "sdist", "vcs", "wheels"})


@dataclass(frozen=True, slots=True)
class Locked:
    """A project's locked dependencies.

    Attributes:
        pylock: every package, for every platform.
        base: the folder that its relative paths start from.
        root: the project's, where uv's configuration begins.
        file: the user's `uv.lock`, or None when there is none.
    """

    pylock: Pylock
    base: Path
    root: Path
    file: Path | None


def lock(project: Project) -> Locked:
    """Lock a project's dependencies, leaving nothing behind in its folder.

    Raises:
        BuildError: WB402 when uv cannot resolve them, WB403 when `uv.lock` is out of date.
    """
    file = _lock_file(project.root)
    links = runtime.find_links()
    key = _key(project, file, links)
    chosen = [f"--extra={name}" for name in project.config.extras]
    chosen += [f"--group={name}" for name in project.config.groups]

    def fill(aside: Path) -> None:
        target = aside / _NAME
        if file is None:
            if _compile(project, links, chosen, target).offline:
                (aside / _OFFLINE).touch()
        else:
            _export(project, file, chosen, target)
        (aside / "sha256").write_text(store.sha256(target), "ascii")
        # The relative paths in it must hold after the folder is moved into place: same depth.
        (aside / "sources.json").write_text(json.dumps(_sources(_read(target), aside)), "utf-8")

    home = store.entry("locks", key, whole=_whole, fill=fill)
    return Locked(_read(home / _NAME), home, project.root, file)


def _compile(project: Project, links: Path, chosen: list[str], target: Path) -> uv.Answer:
    pins = target.with_name("constraints.txt")
    ours = set(runtime.NAMES) - _sourced(project.root)
    pins.write_text("".join(f"{name}=={runtime.version()}\n" for name in sorted(ours)), "utf-8")
    args = ["--universal", "--python-version=3.14", "--format=pylock.toml", "--no-header"]
    args += [f"--constraints={pins}", f"--output-file={target}", "pyproject.toml", *chosen]
    try:
        return uv.run("pip", "compile", *args, cwd=project.root, env=_links(links))
    except uv.UvError as error:
        raise _unresolved(error, project.root / "pyproject.toml") from None


def _unresolved(error: uv.UvError, pyproject: Path) -> BuildError:
    # uv breaks its lines where it likes.
    unknown = re.search(r"Because (\S+) was not found in the", " ".join(str(error).split()))
    line = asked_at(unknown[1], pyproject) if unknown else None
    fix = "change the requirements as uv says; `uv lock` shows the same without a build"
    if error.network:
        fix = "connect to the network, or run `uv lock` where there is one"
    elif unknown:
        fix = f"look at how `{unknown[1]}` is spelled; none of the indexes that uv asks has it"
    return BuildError(
        "WB402",
        "the project's dependencies cannot be resolved",
        f"pyproject.toml:{line}" if line else "pyproject.toml",
        fix,
        details=str(error).splitlines(),
    )


def _export(project: Project, file: Path, chosen: list[str], target: Path) -> None:
    args = ["--format=pylock.toml", "--no-header", "--no-emit-project", "--no-default-groups"]
    args += [f"--output-file={target}", *chosen]
    try:
        try:
            uv.run("export", "--locked", *args, cwd=project.root)
        except uv.UvError as error:
            if _OTHER_PYTHON not in str(error):
                raise
            # uv checks a lock with a Python that the project allows, and exports it with any.
            uv.run("export", "--frozen", *args, cwd=project.root)
            _check_fresh(project, file, _read(target))
    except uv.UvError as error:
        if _STALE in str(error):
            raise _stale(file) from None
        raise BuildError(
            "WB402",
            "uv.lock cannot be used",
            str(file),
            "run `uv lock`; a build never changes it",
            details=str(error).splitlines(),
        ) from None


def _check_fresh(project: Project, file: Path, pylock: Pylock) -> None:
    """Refuse a lock that does not meet what the project itself asks for."""
    versions = {package.name: package.version for package in pylock.packages}
    table = _table(project.root, "project")
    optional = table.get("optional-dependencies", {})
    asked = [*table.get("dependencies", [])]
    asked += [each for extra in project.config.extras for each in optional[extra]]
    for text in asked:
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate(
            cast("dict[str, str]", ENVIRONMENT)
        ):
            continue
        name = canonicalize_name(wanted.name)
        version = versions.get(name)
        if name not in versions or (
            version is not None and not wanted.specifier.contains(version, prereleases=True)
        ):
            raise _stale(file)


def _stale(file: Path) -> BuildError:
    return BuildError(
        "WB403",
        "uv.lock does not fit pyproject.toml",
        str(file),
        "run `uv lock`; a build never changes it",
    )


def _links(folder: Path) -> dict[str, str]:
    more = os.environ.get("UV_FIND_LINKS")
    return {"UV_FIND_LINKS": f"{folder},{more}" if more else str(folder)}


def _lock_file(root: Path) -> Path | None:
    """The `uv.lock` of the project, or of the workspace that it is a member of."""
    for folder in (root, *root.parents):
        workspace = _table(folder, "tool", "uv", "workspace")
        member = any(root in folder.glob(pattern) for pattern in workspace.get("members", []))
        if folder == root or member:
            file = folder / "uv.lock"
            if file.is_file() or member:
                return file if file.is_file() else None
    return None


def _sourced(root: Path) -> set[str]:
    """The names that the project, or a workspace above it, takes from a source of its own."""
    return {
        name for folder in (root, *root.parents) for name in _table(folder, "tool", "uv", "sources")
    }


def _table(folder: Path, *names: str) -> dict[str, Any]:
    """A table of the folder's `pyproject.toml`; empty where there is none, in any sense."""
    try:
        found = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    for name in names:
        inner = found.get(name)
        found = cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}
    return found


def _key(project: Project, file: Path | None, links: Path) -> str:
    """Name everything that the locked packages are decided by, but for local packages' files."""
    total = hashlib.sha256(repr([uv.version(), str(project.root), links.name]).encode())
    total.update(repr([project.config.extras, project.config.groups]).encode())
    total.update(repr(sorted(_settings(os.environ))).encode())
    for folder in (project.root, *project.root.parents):
        for name in ("pyproject.toml", "uv.toml"):
            if (folder / name).is_file():
                total.update(f"{folder / name}\0{store.sha256(folder / name)}\0".encode())
    if file is not None:
        total.update(store.sha256(file).encode())
    return total.hexdigest()


def _settings(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    names = ("INDEX", "FIND_LINKS", "CONSTRAINT", "OVERRIDE", "PRERELEASE", "RESOLUTION", "EXCLUDE")
    for name, value in environ.items():
        if name.startswith("UV_") and any(part in name for part in names):
            yield name, value


def _sources(pylock: Pylock, base: Path) -> dict[str, str]:
    """The `pyproject.toml` of each local package, and its hash: they decide the packages too."""
    files = (
        (base / package.directory.path).resolve() / "pyproject.toml"
        for package in pylock.packages
        if package.directory is not None
    )
    return {str(file): store.sha256(file) for file in files if file.is_file()}


def _whole(home: Path) -> bool:
    try:
        sources: dict[str, str] = json.loads((home / "sources.json").read_bytes())
        current = all(store.sha256(Path(file)) == known for file, known in sources.items())
        current &= store.sha256(home / _NAME) == (home / "sha256").read_text("ascii")
        return current and not _is_stopgap(home) and bool(_read(home / _NAME))
    except (OSError, ValueError, AttributeError, PylockValidationError):
        return False


def _is_stopgap(home: Path) -> bool:
    """Whether the answer was found without a network, from what uv happened to have, a while ago.

    It may be older than what the index has, so it is not kept for good.
    """
    made = home / _OFFLINE
    return made.exists() and time.time() - made.stat().st_mtime > _HOUR


def _read(file: Path) -> Pylock:
    """Read a `pylock.toml` of uv's.

    uv leaves out the files that no allowed Python can use, and so may list a package with no file
    at all, which is no valid lock: such a package is kept, with nothing to choose from.
    """
    document = tomllib.loads(file.read_text("utf-8"))
    listed: list[dict[str, Any]] = document.get("packages", [])
    document["packages"] = [package for package in listed if not _SOURCES.isdisjoint(package)]
    pylock = Pylock.from_dict(document)
    empty = [_empty(package) for package in listed if _SOURCES.isdisjoint(package)]
    return replace(pylock, packages=[*pylock.packages, *empty])


def _empty(package: dict[str, Any]) -> Package:
    marker = package.get("marker")
    return Package(
        name=canonicalize_name(package["name"]),
        version=Version(package["version"]) if "version" in package else None,
        marker=Marker(marker) if marker else None,
        wheels=[],
    )
