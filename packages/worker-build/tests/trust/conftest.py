"""A cache of these tests' own, and projects that are built for real."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from worker_build import pipeline, toolchain
from worker_build.errors import BuildError
from worker_build.report import Report

PYPROJECT = """\
[project]
name = "hello"
version = "0.1.0"
requires-python = ">=3.12"
dependencies = ["worker"]
"""

HELLO = """\
from worker import Response, event

@event.fetch
async def fetch(req, env, ctx):
    return Response.ok("hello")
"""


def cold_cache(folder: Path) -> Path:
    """A cache that holds the toolchain and nothing else."""
    folder.mkdir(parents=True)
    (folder / "toolchain").symlink_to(toolchain.install().modules.parents[1])
    return folder


def write_project(folder: Path, main: str = HELLO, **more: str) -> Path:
    """A project of one module; `more` are further files, `/` written as `__`."""
    (folder / "src").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "src" / "main.py").write_text(main)
    for name, content in more.items():
        (folder / "src" / f"{name}.py").write_text(content)
    return folder


def tree(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache for all of these tests: cold at first, and never the user's."""
    folder = cold_cache(tmp_path_factory.mktemp("trust") / "cache")
    before = os.environ.get(toolchain.CACHE_VARIABLE)
    os.environ[toolchain.CACHE_VARIABLE] = str(folder)
    yield folder
    if before is None:
        del os.environ[toolchain.CACHE_VARIABLE]
    else:
        os.environ[toolchain.CACHE_VARIABLE] = before


Build = Callable[..., Report]
Refused = Callable[..., BuildError]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build a project of one module."""

    def build(main: str = HELLO, **more: str) -> Report:
        return pipeline.build(write_project(tmp_path / "project", main, **more))

    return build


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """Build a project that cannot be built, and return why; nothing must be left of it."""

    def refused(main: str, **more: str) -> BuildError:
        project = write_project(tmp_path / "project", main, **more)
        with pytest.raises(BuildError) as caught:
            pipeline.build(project)
        assert sorted(path.name for path in project.iterdir()) == ["pyproject.toml", "src"]
        story = str(caught.value)
        assert "<worker-build>" not in story, "the user's own frames only"
        assert "pyodide.asm" not in story
        return caught.value

    return refused
