"""Modules that an event would import are in the image when the project names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.errors import BuildError

from .conftest import HELLO, write_project

LATE = """\
from worker import event

@event.scheduled
async def scheduled(event, env, ctx): ...
"""


def preloading(folder: Path, name: str, **more: str) -> Path:
    """A project that names one module in `preload`."""
    project = write_project(folder / "project", HELLO, **more)
    file = project / "pyproject.toml"
    file.write_text(f'{file.read_text()}\n[tool.worker-build]\npreload = ["{name}"]\n')
    return project


def test_a_preloaded_module_is_imported_after_the_app(tmp_path: Path):
    report = pipeline.build(preloading(tmp_path, "late", late=LATE))
    assert "scheduled" in (report.out_dir / "worker" / "shim.mjs").read_text()


def test_a_preloaded_module_that_is_not_there_stops_the_build(tmp_path: Path):
    with pytest.raises(BuildError) as caught:
        pipeline.build(preloading(tmp_path, "layt", late=LATE))
    assert caught.value.code == "WB110"
    assert caught.value.what == "there is no module `layt`"


def test_a_preloaded_module_that_fails_is_told_with_its_line(tmp_path: Path):
    with pytest.raises(BuildError) as caught:
        pipeline.build(preloading(tmp_path, "late", late="VALUE = 1\nVALUE / 0\n"))
    assert (caught.value.code, caught.value.where) == ("WB110", "late.py:2")
