"""Short names for what nearly every test of packages does."""

from __future__ import annotations

from pathlib import Path

import pytest
from worker_build import project, resolve
from worker_build.errors import BuildError
from worker_build.packages import runtime, uv
from worker_build.resolve import Package, Resolution

BACKEND = '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'


def resolved(root: Path) -> Resolution:
    return resolve.resolve(project.load(root))


def third_party(resolution: Resolution) -> dict[str, str]:
    return {p.name: p.version for p in resolution.packages if p.name not in runtime.NAMES}


def named(resolution: Resolution, name: str) -> Package:
    return next(package for package in resolution.packages if package.name == name)


def refused(root: Path) -> BuildError:
    with pytest.raises(BuildError) as caught:
        resolved(root)
    return caught.value


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def uv_lock(root: Path, *args: str) -> None:
    uv.run("lock", *args, cwd=root)
