"""The second step: which packages go into the worker, and where their files are on this machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import parse_wheel_filename

from worker_build.errors import BuildError
from worker_build.packages import distribution, native
from worker_build.packages.lock import Locked, lock
from worker_build.packages.missing import Missing, refusal
from worker_build.packages.select import Wheel, obtain, select
from worker_build.packages.unpack import File, unpack
from worker_build.project import Project

__all__ = ["Package", "Resolution", "resolve"]

_AT_ONCE = 8
_RUNTIME = "worker"


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the worker, unpacked.

    Attributes:
        name: normalized, as on the index.
        version: as in its metadata.
        files: what its wheel installs under `site-packages`, sorted by name.
        source: the folder it was built from when that is one of the user's own (a path or a
            workspace dependency), else None. A change there changes the build.
        note: what the report should say about it, or None.
    """

    name: str
    version: str
    files: tuple[File, ...]
    source: Path | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """Everything that the project depends on, for the platform of a worker.

    Attributes:
        packages: sorted by name.
        lock: the user's `uv.lock`, or None when the project has none.
    """

    packages: tuple[Package, ...]
    lock: Path | None

    @property
    def sources(self) -> tuple[Path, ...]:
        """The user's folders that packages were built from, for whoever watches them."""
        return tuple(package.source for package in self.packages if package.source is not None)


def resolve(project: Project, say: native.Say = native.silent) -> Resolution:
    """Lock, choose, download, build and unpack the project's dependencies.

    Everything comes from the cache when it is there; the project's folder is only read.

    Args:
        project: whose dependencies.
        say: told in one line what takes long.

    Raises:
        BuildError: WB108 when the project does not use `worker`, WB4xx when a package cannot be
            had.
    """
    locked = lock(project)
    wheels = _wheels(project, locked, say)
    if not any(wheel.package.name == _RUNTIME for wheel in wheels):
        raise BuildError(
            "WB108",
            f"the project does not depend on `{_RUNTIME}`, which every worker is written with",
            "pyproject.toml",
            f'add it: [project] dependencies = ["{_RUNTIME}"]',
        )
    return Resolution(
        packages=tuple(sorted(map(_unpacked, wheels), key=lambda package: package.name)),
        lock=locked.file,
    )


def _wheels(project: Project, locked: Locked, say: native.Say) -> list[Wheel]:
    chosen, missing = select(locked)
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        waiting = [pool.submit(obtain, package, source, locked) for package, source in chosen]
        results = [each.result() for each in waiting]
    finally:
        # An error or an interrupt waits for what runs already, not for what has not begun.
        pool.shutdown(cancel_futures=True)
    wheels = [result for result in results if isinstance(result, Wheel)]
    missing += [result for result in results if isinstance(result, Missing)]
    if missing:
        resolved = {package.name for package in locked.pylock.packages}
        more, missing = distribution.supply(missing, resolved, distribution.address(project))
        wheels += more
    if missing:
        more, missing = native.supply(missing, say)
        wheels += more
    if missing:
        paths = [wheel.path for wheel in wheels]
        raise refusal(missing, paths, project.root / "pyproject.toml")
    return wheels


def _unpacked(wheel: Wheel) -> Package:
    name, version, _, _ = parse_wheel_filename(wheel.path.name)
    return Package(
        name=name,
        version=str(version),
        files=unpack(wheel.path),
        source=wheel.folder,
        note=wheel.note,
    )
