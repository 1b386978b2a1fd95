"""The third step: the exact files of the worker's file system, and nothing of this machine.

The app lies under `/session/app`, its dependencies under `/lib/python3.14/site-packages`. Paths,
order and content depend on the project and its locked packages alone: no time, owner or mode is
kept, and nothing that names a folder of the machine that builds.
"""

from __future__ import annotations

import csv
import fnmatch
import hashlib
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from worker_build.errors import BuildError
from worker_build.packages import store
from worker_build.packages.target import PLATFORM
from worker_build.project import Project
from worker_build.resolve import Package, Resolution

__all__ = ["APP", "SITE_PACKAGES", "Stage", "StagedFile", "stage"]

APP: Final = "/session/app"
SITE_PACKAGES: Final = "/lib/python3.14/site-packages"

_TEST_FOLDERS: Final = frozenset({"test", "tests"})
_METADATA: Final = frozenset({"METADATA", "entry_points.txt", "top_level.txt"})
_DEAD_SUFFIXES: Final = frozenset({".pyc", ".pyi", ".pyo"})
_METADATA_FILE: Final = re.compile(r"[^/]+\.dist-info/METADATA")
_COMPILED: Final = frozenset(
    {".a", ".c", ".cc", ".cpp", ".h", ".hpp", ".po", ".pot", ".pxd", ".pyx", ".rs"}
)
"""What a package was made from; what reads its texts reads the `.mo` beside each `.po`."""
_DEAD_FOLDERS: Final = frozenset({"__pycache__", "node_modules"})
_DECLARATIONS: Final = "worker_sys/_generated/"
_PROJECT_FILES: Final = frozenset(
    {"pyproject.toml", "uv.lock", "uv.toml", "package.json", "package-lock.json"}
    | {"wrangler.json", "wrangler.jsonc", "wrangler.toml"}
)


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One file of the worker.

    Attributes:
        vfs: its absolute path in the worker.
        path: where its bytes are on this machine.
        sha256: of its bytes, in hexadecimal.
        size: in bytes.
        package: the distribution it belongs to, or None for the app's own.
    """

    vfs: str
    path: Path
    sha256: str
    size: int
    package: str | None


@dataclass(frozen=True, slots=True)
class Stage:
    """The worker's files, each tuple sorted by path.

    Attributes:
        entry: the module that is imported to find the entry points.
        dependencies: files of the packages, but for their extension modules.
        app: files of the project.
        extensions: WebAssembly extension modules (`.so`) of packages: wasm modules of the bundle.
    """

    entry: str
    dependencies: tuple[StagedFile, ...]
    app: tuple[StagedFile, ...]
    extensions: tuple[StagedFile, ...]

    @property
    def files(self) -> tuple[StagedFile, ...]:
        """Everything that is in the file system as bytes: dependencies, then the app."""
        return self.dependencies + self.app

    @property
    def base_digest(self) -> str:
        """Names the dependencies, extension modules included: the content of the base image."""
        return _digest([*self.dependencies, *self.extensions])

    @property
    def digest(self) -> str:
        """Names the whole content: it differs when a byte or a name of any file differs."""
        return _digest([*self.dependencies, *self.extensions, *self.app], self.entry)


def stage(project: Project, resolution: Resolution) -> Stage:
    """List the files that a worker is made of.

    Raises:
        BuildError: WB408 when two files want one place, WB409 when an extension module was not
            built for a worker.
    """
    dependencies: list[StagedFile] = []
    extensions: list[StagedFile] = []
    for file in _merged(_of_packages(resolution.packages)):
        if file.path.suffix == ".so":
            _check_extension(file)
            extensions.append(file)
        else:
            dependencies.append(file)
    app = _merged(_of_app(project))
    _check_names(app, dependencies)
    return Stage(
        entry=project.entry,
        dependencies=tuple(dependencies),
        app=tuple(_merged([*app, *_own_metadata(project)])),
        extensions=tuple(extensions),
    )


def _of_packages(packages: Iterable[Package]) -> Iterator[StagedFile]:
    for package in packages:
        tests = _test_folders(file.name for file in package.files)
        names: list[str] = []
        for file in package.files:
            if _is_dead(file.name) or any(file.name.startswith(folder) for folder in tests):
                continue
            names.append(file.name)
            vfs = f"{SITE_PACKAGES}/{file.name}"
            yield StagedFile(vfs, file.path, file.sha256, file.size, package.name)
        yield from _record(package.name, names)


def _record(package: str, names: list[str]) -> Iterator[StagedFile]:
    """The list of a package's files that `importlib.metadata` reads: what is left, by name."""
    home = next((name for name in names if _METADATA_FILE.fullmatch(name)), None)
    if home is None:
        return
    record = home.replace("METADATA", "RECORD")
    text = io.StringIO(newline="")
    rows = ([name, "", ""] for name in sorted([*names, record]))
    csv.writer(text, lineterminator="\n").writerows(rows)
    yield _made(f"{SITE_PACKAGES}/{record}", text.getvalue(), package)


def _is_dead(name: str) -> bool:
    """Whether nothing reads this file of a wheel in a worker."""
    path = PurePosixPath(name)
    if path.parts[0].endswith(".dist-info"):
        # direct_url.json would carry paths of the machine that builds; RECORD is made anew.
        return len(path.parts) != 2 or path.name not in _METADATA
    return (
        path.suffix in _DEAD_SUFFIXES | _COMPILED
        or path.name == "py.typed"
        or not _DEAD_FOLDERS.isdisjoint(path.parts)
        or name.startswith(_DECLARATIONS)
    )


def _test_folders(names: Iterable[str]) -> set[str]:
    """The folders that hold a package's own tests; `django/test`, which holds none, is code."""
    found: set[str] = set()
    for name in names:
        *folders, file = PurePosixPath(name).parts
        if fnmatch.fnmatchcase(file, "test_*.py") or file == "conftest.py":
            for depth, folder in enumerate(folders, start=1):
                # A whole distribution called `test` is not a package's tests.
                if folder in _TEST_FOLDERS and depth > 1:
                    found.add("/".join(folders[:depth]) + "/")
                    break
    return found


def _of_app(project: Project) -> Iterator[StagedFile]:
    for folder in project.src:
        for path in _walk(folder, project, set()):
            name = path.relative_to(folder).as_posix()
            if any(_matches(name, pattern) for pattern in project.config.exclude):
                continue
            size = path.stat().st_size
            yield StagedFile(f"{APP}/{name}", path, store.sha256(path), size, None)


def _own_metadata(project: Project) -> Iterator[StagedFile]:
    """What `importlib.metadata.version` of the app itself reads, as if it were installed."""
    if project.version is None:
        return
    text = f"Metadata-Version: 2.1\nName: {project.name}\nVersion: {project.version}\n"
    folder = f"{re.sub(r'[-_.]+', '_', project.name).lower()}-{project.version}.dist-info"
    yield _made(f"{SITE_PACKAGES}/{folder}/METADATA", text, None)


def _made(vfs: str, text: str, package: str | None) -> StagedFile:
    """A file whose text is made here, kept in the cache by its content."""
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    home = store.entry(
        "metadata",
        digest,
        whole=lambda home: (home / "text").is_file() and store.sha256(home / "text") == digest,
        fill=lambda aside: (aside / "text").write_bytes(content),
    )
    return StagedFile(vfs, home / "text", digest, len(content), package)


def _walk(folder: Path, project: Project, above: set[str]) -> Iterator[Path]:
    """Every file of a source folder that can be meant for the worker; links are followed once."""
    real = os.path.realpath(folder)
    if real in above:
        return
    for child in sorted(folder.iterdir()):
        if _is_for_tools(child, project):
            continue
        if child.is_dir():
            yield from _walk(child, project, above | {real})
        elif child.is_file():
            yield child


def _is_for_tools(path: Path, project: Project) -> bool:
    # Hidden files are for tools, and often secret: `.env`, `.dev.vars`.
    if path.name.startswith(".") or path.name in _DEAD_FOLDERS or path.suffix in _DEAD_SUFFIXES:
        return True
    if path.is_dir():
        made = path.suffix in {".egg-info", ".dist-info"} or (path / "pyvenv.cfg").exists()
        return made or path == project.out_dir
    return path.name == "py.typed" or (path.parent == project.root and path.name in _PROJECT_FILES)


def _matches(name: str, pattern: str) -> bool:
    path = PurePosixPath(name)
    return any(
        _glob(parts, PurePosixPath(pattern).parts)
        for parts in (path.parts[:depth] for depth in range(1, len(path.parts) + 1))
    )


def _glob(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Match a path part by part; `**` stands for any number of folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_glob(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return (
        bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0]) and _glob(parts[1:], pattern[1:])
    )


def _merged(files: Iterable[StagedFile]) -> list[StagedFile]:
    """Sort by path; one place takes two files only when they are equal."""
    places: dict[str, StagedFile] = {}
    for file in files:
        other = places.setdefault(file.vfs, file)
        if other.sha256 != file.sha256:
            raise BuildError(
                "WB408",
                f"two files want the place {file.vfs}",
                details=[f"one from {_owner(other)}", f"one from {_owner(file)}"],
                fix="leave one of them out",
            )
    return [places[vfs] for vfs in sorted(places)]


def _check_names(app: Iterable[StagedFile], dependencies: Iterable[StagedFile]) -> None:
    """Refuse a module of the app that hides a package: it is found first, and nobody means it."""
    owners = {_module(file, SITE_PACKAGES): file.package for file in dependencies}
    owners.pop(None, None)
    for file in app:
        module = _module(file, APP)
        if module is not None and module in owners:
            raise BuildError(
                "WB408",
                f"the app's own `{module}` hides the package {owners[module]}",
                str(file.path),
                "give it another name",
            )


def _module(file: StagedFile, root: str) -> str | None:
    """The top-level module or regular package that a file defines, or None."""
    parts = PurePosixPath(file.vfs).relative_to(root).parts
    if len(parts) == 1 and parts[0].endswith(".py"):
        return parts[0].removesuffix(".py")
    return parts[0] if len(parts) == 2 and parts[1] == "__init__.py" else None


def _owner(file: StagedFile) -> str:
    return f"the package {file.package}" if file.package else str(file.path)


def _check_extension(file: StagedFile) -> None:
    with file.path.open("rb") as stream:
        head = stream.read(32)
    if not head.startswith(b"\0asm") or b"dylink.0" not in head:
        raise BuildError(
            "WB409",
            f"{PurePosixPath(file.vfs).name} of {file.package} is no extension module for a worker",
            file.vfs,
            f"its wheel must be built for {PLATFORM}; tell its authors",
        )


def _digest(files: Iterable[StagedFile], *more: str) -> str:
    total = hashlib.sha256("\0".join(more).encode())
    for file in files:
        total.update(f"{file.vfs}\0{file.sha256}\n".encode())
    return total.hexdigest()
