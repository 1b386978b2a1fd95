"""Pyodide's own distribution: wheels for a worker of packages that the index has none of.

The npm package `pyodide` lists them, with their hashes, in `pyodide-lock.json`. The files come from
Pyodide's content delivery network, or from a mirror of it, and stay in the cache.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from packaging.pylock import Package
from packaging.utils import (
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_wheel_filename,
)
from packaging.version import Version

from worker_build import toolchain
from worker_build.errors import BuildError
from worker_build.packages import auth
from worker_build.packages.fetch import fetch
from worker_build.packages.missing import Missing
from worker_build.packages.select import Wheel
from worker_build.packages.target import PLATFORM, PYTHON, fits
from worker_build.project import Project

__all__ = ["MIRROR_VARIABLE", "NOTE", "address", "supply"]

MIRROR_VARIABLE: Final = "WORKER_BUILD_PYODIDE_MIRROR"
NOTE: Final = "from Pyodide's distribution"

_ADDRESS: Final = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
_ADDRESSES: Final = re.compile(r"https?://[^/\s\[]|file:///", re.IGNORECASE)
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class _Entry:
    """One package of `pyodide-lock.json`.

    Attributes:
        name: normalized.
        version: as in the file's name, where that is a wheel's.
        file: its name, below the distribution's address.
        sha256: of the file, in hexadecimal.
        depends: normalized names of other entries.
        is_library: whether it is no Python package, but a library that extension modules link to.
    """

    name: NormalizedName
    version: Version
    file: str
    sha256: str
    depends: tuple[NormalizedName, ...]
    is_library: bool


type _Entries = Mapping[NormalizedName, _Entry]


def supply(
    missing: Sequence[Missing], resolved: Collection[str], base: str
) -> tuple[list[Wheel], list[Missing]]:
    """Take from the distribution what it has of the packages that are missing.

    Args:
        missing: packages without a wheel on the index.
        resolved: the names of all packages that the project's resolution knows: what an entry
            depends on besides them comes from the distribution too.
        base: the address of the distribution, as `address` returns it.

    Returns:
        The wheels, and the packages that are missing still: each with lines that tell what the
        distribution has of it, and why that could not be taken.

    Raises:
        BuildError: WB405 when a file is not what its hash says, WB410 when the distribution is for
            another target.
    """
    entries = _entries()
    left: list[Missing] = []
    wanted: list[tuple[Missing, list[_Entry]]] = []
    for item in missing:
        entry = _entry_for(item.package, entries)
        group = _with_dependencies(entry, entries, resolved) if entry else []
        objection = _objection(item.package, group)
        if group and not objection:
            wanted.append((item, group))
        else:
            left.append(replace(item, elsewhere=objection))
    files, troubles = _fetched({each.name: each for _, group in wanted for each in group}, base)
    wheels: dict[str, Wheel] = {}
    for item, group in wanted:
        failed = [each for each in group if each.name in troubles]
        if failed:
            lines = (line for each in failed for line in _failure(each, troubles[each.name], base))
            left.append(replace(item, elsewhere=tuple(lines)))
        else:
            wheels |= {each.name: _wheel(each, files[each.name]) for each in group}
    return list(wheels.values()), left


def address(project: Project) -> str:
    """Return where the distribution's files are: an address that ends in a slash.

    `WORKER_BUILD_PYODIDE_MIRROR` comes first, then `[tool.worker-build] pyodide-mirror`, then
    Pyodide's content delivery network. A mirror may be a folder.

    Raises:
        BuildError: WB103 when it is no address.
    """
    mirror, where, folder = os.environ.get(MIRROR_VARIABLE), MIRROR_VARIABLE, Path.cwd()
    if not mirror:
        mirror, where, folder = project.config.pyodide_mirror, "pyproject.toml", project.root
    if not mirror:
        mirror = _ADDRESS.format(version=toolchain.pinned_versions()["pyodide"])
    elif "://" not in mirror:
        mirror = (folder / Path(mirror).expanduser()).absolute().as_uri()
    elif not _ADDRESSES.match(mirror):
        raise BuildError(
            "WB103",
            f"the mirror of Pyodide's distribution is no address: {mirror}",
            where,
            "give one that begins with https://, http:// or file://, or a folder",
        )
    return f"{mirror.rstrip('/')}/"


def _lock_file() -> Path:
    return toolchain.folder() / "node_modules" / "pyodide" / "pyodide-lock.json"


def _entries() -> _Entries:
    """The packages of the distribution by name; none where the toolchain is not there."""
    try:
        listed = json.loads(_lock_file().read_bytes())
    except OSError:
        return {}
    info = listed["info"]
    platform = f"pyemscripten_{info['abi_version']}_{info['arch']}"
    python = ".".join(map(str, PYTHON))
    if platform != PLATFORM or not f"{info['python']}.".startswith(f"{python}."):
        raise BuildError(
            "WB410",
            f"the distribution of Pyodide is for Python {info['python']} on {platform}; a worker "
            f"is Python {python} on {PLATFORM}",
            str(_lock_file()),
            "bring the pinned Pyodide back with `worker-build clean --cache`, and build again",
        )
    return {entry.name: entry for each in listed["packages"].values() for entry in _entry(each)}


def _entry(listed: Mapping[str, Any]) -> Iterator[_Entry]:
    """An entry, when it is a shared library or a wheel for a worker: not archives of tests."""
    is_library = listed["package_type"] == "shared_library"
    try:
        _, version, _, tags = parse_wheel_filename(listed["file_name"])
    except InvalidWheelFilename:
        if not is_library:
            return
        version, tags = Version("0"), None
    if tags is None or fits(tags):
        yield _Entry(
            name=canonicalize_name(listed["name"]),
            version=version,
            file=listed["file_name"],
            sha256=listed["sha256"],
            depends=tuple(map(canonicalize_name, listed["depends"])),
            is_library=is_library,
        )


def _entry_for(package: Package, entries: _Entries) -> _Entry | None:
    """The entry of a package of an index; a source that the project names itself is kept."""
    entry = entries.get(package.name)
    own = package.archive or package.directory or package.vcs
    if entry is None or entry.is_library or own is not None or not package.version:
        return None
    return entry


def _objection(package: Package, group: Sequence[_Entry]) -> tuple[str, ...]:
    """Why an entry and those it depends on do not do for a package; nothing where they do."""
    if not group:
        return ()
    entry, libraries = group[0], [each.name for each in group if each.is_library]
    if package.version != entry.version:
        pin = f"{entry.name}=={entry.version}"
        return (
            f"  Pyodide's distribution has {entry.version}, not {package.version}: to take it, add",
            f'    "{pin}" to [project] dependencies; where there is a uv.lock, run `uv lock`',
        )
    if libraries:
        names = ", ".join(libraries)
        return (
            f"  Pyodide's distribution has {entry.file},",
            f"    but it needs shared libraries, which a worker cannot load: {names}",
        )
    return ()


def _with_dependencies(entry: _Entry, entries: _Entries, resolved: Collection[str]) -> list[_Entry]:
    """An entry and all that it depends on, but for what the project resolves by itself."""
    found = [entry]
    for each in found:
        known = {*resolved, *(other.name for other in found)}
        found += [entries[name] for name in each.depends if name in entries and name not in known]
    return found


def _fetched(
    wanted: _Entries, base: str
) -> tuple[dict[NormalizedName, Path], dict[NormalizedName, BuildError]]:
    """The files of the entries, and why others cannot be downloaded."""
    files: dict[NormalizedName, Path] = {}
    troubles: dict[NormalizedName, BuildError] = {}
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        waiting = {name: pool.submit(_fetch, each, base) for name, each in wanted.items()}
        for name, future in waiting.items():
            result = future.result()
            if isinstance(result, BuildError):
                troubles[name] = result
            else:
                files[name] = result
    finally:
        pool.shutdown(cancel_futures=True)
    return files, troubles


def _fetch(entry: _Entry, base: str) -> Path | BuildError:
    label = f"{entry.name} {entry.version}"
    try:
        return fetch(base + entry.file, entry.sha256, package=label)
    except BuildError as error:
        if error.code == "WB404":
            return error
        if error.code != "WB405":
            raise
        raise BuildError(
            "WB405",
            f"{label}: the file at its address is not the one that Pyodide distributes",
            error.where,
            f"if {MIRROR_VARIABLE} or `pyodide-mirror` names a mirror, it must be one of Pyodide "
            f"{toolchain.pinned_versions()['pyodide']}; otherwise something on the way changed it",
            details=error.details,
        ) from None


def _failure(entry: _Entry, trouble: BuildError, base: str) -> tuple[str, ...]:
    reason = trouble.what.partition(" cannot be downloaded: ")[2] or trouble.what
    return (
        f"  Pyodide's distribution has {entry.file},",
        f"    which cannot be downloaded: {reason}",
        f"    from {auth.public(base + entry.file)}",
        f"    have a network for one build, or name a mirror with {MIRROR_VARIABLE} or with",
        "    [tool.worker-build] `pyodide-mirror`: an address, or a folder that holds the file",
    )


def _wheel(entry: _Entry, path: Path) -> Wheel:
    return Wheel(Package(name=entry.name, version=entry.version, wheels=[]), path, note=NOTE)
