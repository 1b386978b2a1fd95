"""A build is whole or has not happened: the old bundle serves, and the next build works.

What needs a file system of its own, or other privileges than root's, is in `test_disk.py`.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.errors import BuildError
from worker_build.miniflare import Miniflare
from worker_build.toolchain import CACHE_VARIABLE

from .conftest import HELLO, tree, write_project

DRIVER = Path(__file__).with_name("_interrupted.py")
PLACES = ("project", "resolve", "stage", "snapshot", "link", "report", "report:2", "rename")


def old_and_new(folder: Path) -> tuple[Path, Mapping[str, bytes]]:
    """A built project whose source has changed since, and the bundle that it has."""
    project = write_project(folder)
    bundle = tree(pipeline.build(project).out_dir)
    (project / "src" / "main.py").write_text(HELLO.replace("hello", "changed"))
    return project, bundle


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, bytes]]:
    return old_and_new(tmp_path_factory.mktemp("whole") / "project")


def run(place: str, number: signal.Signals, project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, DRIVER, place, number.name, "build", project],
        check=False,
        capture_output=True,
        text=True,
    )


def answer(out: Path) -> str:
    with Miniflare(out) as mf:
        return mf.fetch("/").text


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_build_leaves_the_old_bundle(built: tuple[Path, Mapping[str, bytes]], place: str):
    project, bundle = built
    assert run(place, signal.SIGKILL, project).returncode == -signal.SIGKILL
    assert tree(project / "build") == bundle


@pytest.mark.parametrize("place", PLACES)
def test_an_interrupted_build_leaves_the_old_bundle_and_nothing_else(
    tmp_path: Path, built: tuple[Path, Mapping[str, bytes]], place: str
):
    project, bundle = built
    copy = tmp_path / "project"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".*"))
    done = run(place, signal.SIGINT, copy)
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    assert tree(copy / "build") == bundle
    assert sorted(path.name for path in copy.iterdir()) == ["build", "pyproject.toml", "src"]


@pytest.mark.miniflare
def test_after_all_that_the_old_bundle_serves_and_the_next_build_works(
    built: tuple[Path, Mapping[str, bytes]],
):
    project, _ = built
    for left in project.glob(".worker-build-*"):
        os.utime(left, (0, 0))
    assert answer(project / "build") == "hello"
    assert run("renamed", signal.SIGKILL, project).returncode == -signal.SIGKILL
    assert answer(project / "build") == "changed", "once renamed, it is the new one"
    pipeline.build(project)
    left = [path for path in project.glob(".worker-build-*") if path.stat().st_mtime < 10]
    assert left == [], "what killed builds left behind is swept"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no system call ties a child to us")
def test_a_killed_build_takes_its_workerd_along(tmp_path: Path):
    project = write_project(tmp_path / "project", HELLO + f"\nUNIQUE = {time.time()}\n")
    done = run("workerd", signal.SIGKILL, project)
    assert done.returncode == -signal.SIGKILL
    workerd = Path("/proc") / done.stdout.split()[-1] / "stat"
    deadline = time.monotonic() + 10
    while workerd.exists() and workerd.read_text().split()[2] != "Z":
        assert time.monotonic() < deadline, "workerd runs on"
        time.sleep(0.05)
    assert not (project / "build").exists()


def test_a_full_disk_is_told_and_leaves_the_old_bundle(
    built: tuple[Path, Mapping[str, bytes]], tmp_path: Path
):
    project, _ = built
    out = tmp_path / "out"
    before = tree(pipeline.build(project, out_dir=out).out_dir)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # No file may grow beyond this: what a quota does, and a disk that is full in the middle.
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
    try:
        with pytest.raises(BuildError) as caught:
            pipeline.build(project, out_dir=out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.code == "WB120"
    assert caught.value.fix is not None
    assert tree(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("read_only", ["/proc/worker-build/out", "file/out"])
def test_an_output_folder_that_cannot_be_written_is_told(
    built: tuple[Path, Mapping[str, bytes]], tmp_path: Path, read_only: str
):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BuildError) as caught:
        pipeline.build(built[0], out_dir=tmp_path / read_only)
    assert caught.value.code == "WB120"
    assert caught.value.where == str(tmp_path / read_only)


@pytest.mark.parametrize("read_only", ["/proc/worker-build", "file/cache"])
def test_a_cache_that_cannot_be_written_is_told(
    built: tuple[Path, Mapping[str, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read_only: str,
):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / read_only))
    with pytest.raises(BuildError) as caught:
        pipeline.build(built[0])
    assert caught.value.code == "WB304"
    assert caught.value.fix is not None
    assert CACHE_VARIABLE in caught.value.fix


def test_two_builds_of_one_project_at_once_do_not_mix(tmp_path: Path):
    project = write_project(tmp_path / "project", HELLO + f"\nUNIQUE = {time.time()}\n")
    command = [sys.executable, "-m", "worker_build", "build", project]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
    ]
    for process in running:
        told = process.communicate()
        assert process.returncode == 0, told
    assert sorted(path.name for path in project.iterdir()) == ["build", "pyproject.toml", "src"]
    assert tree(project / "build") == tree(
        pipeline.build(project, out_dir=tmp_path / "out").out_dir
    )
