"""A full disk, a folder that cannot be written, a damaged cache: told, and survived.

Root passes every permission, so the builds here run without root's privileges, and file systems
that are full or read-only are mounted in a namespace of the build's own.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.toolchain import CACHE_VARIABLE

from .conftest import HELLO, cold_cache, tree, write_project

NAMESPACE = ("unshare", "--mount", "--map-root-user")
PLAIN = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
CHANGED = HELLO.replace("hello", "changed")


def works(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


mounts = pytest.mark.skipif(
    not works(*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"),
    reason="needs a mount namespace: util-linux's unshare, and a kernel that lets us have one",
)
permissions = pytest.mark.skipif(
    not works(*PLAIN, "true"), reason="needs setpriv of util-linux to put root's privileges off"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, bytes]]:
    project = write_project(tmp_path_factory.mktemp("disk") / "project")
    return project, tree(pipeline.build(project).out_dir)


def build(
    project: Path, *options: object, before: str = "true", command: tuple[str, ...] = (), **env: str
) -> subprocess.CompletedProcess[str]:
    """Build in another process; `before` is a shell command in the same namespace."""
    words = [sys.executable, "-m", "worker_build", "build", "-q", project, *options]
    line = f"{before} && exec {shlex.join(map(str, words))}"
    return subprocess.run(
        [*command, "sh", "-c", line],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", **env},
    )


def refused(done: subprocess.CompletedProcess[str], code: str, words: str) -> None:
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith(f"{code}: ")
    assert words in done.stderr
    assert "fix: " in done.stderr
    assert "Traceback" not in done.stderr


def tmpfs(folder: Path, size: int) -> str:
    return f"mount -t tmpfs -o size={size} tmpfs {shlex.quote(str(folder))}"


@mounts
def test_a_full_disk_is_told_and_leaves_the_old_bundle(
    built: tuple[Path, Mapping[str, bytes]], tmp_path: Path
):
    project, bundle = built
    size = sum(map(len, bundle.values()))
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    # There is room for the old bundle, and not for a second one beside it.
    before = f"{tmpfs(disk, size + size // 2)} && cp -r {project / 'build'} {disk / 'out'}"
    after = f"cp -r {disk} {copy}"
    script = [sys.executable, "-m", "worker_build", "build", "-q", project]
    line = f"{before} && {{ {shlex.join(map(str, script))} --out-dir {disk / 'out'}; told=$?; "
    line += f"{after}; exit $told; }}"
    done = subprocess.run(
        [*NAMESPACE, "sh", "-c", line], check=False, capture_output=True, text=True
    )
    refused(done, "WB120", "No space left on device")
    assert "free some space" in done.stderr
    assert [path.name for path in copy.iterdir()] == ["out"]
    assert tree(copy / "out") == bundle


@mounts
@pytest.mark.parametrize("mib", [1, 5])
def test_a_full_cache_is_told(
    built: tuple[Path, Mapping[str, bytes]], tmp_path: Path, cache: Path, mib: int
):
    folder = tmp_path / "cache"
    folder.mkdir()
    toolchain = (cache / "toolchain").readlink()
    link = shlex.join(["ln", "-s", str(toolchain), str(folder / "toolchain")])
    done = build(
        built[0],
        before=f"{tmpfs(folder, mib * 2**20)} && {link}",
        command=NAMESPACE,
        **{CACHE_VARIABLE: str(folder)},
    )
    refused(done, "WB304", "No space left on device")
    assert CACHE_VARIABLE in done.stderr


@mounts
def test_a_full_folder_for_temporary_files_is_told(tmp_path: Path):
    project = write_project(tmp_path / "project", HELLO + "\nOTHER = 1\n")
    folder = tmp_path / "tmp"
    folder.mkdir()
    before = tmpfs(folder, 2**21)
    done = build(project, before=before, command=NAMESPACE, TMPDIR=str(folder))
    refused(done, "WB304", "temporary files cannot be written: No space left on device")
    assert "TMPDIR" in done.stderr


@mounts
def test_a_read_only_file_system_is_told(built: tuple[Path, Mapping[str, bytes]]):
    project, bundle = built
    place = shlex.quote(str(project))
    before = f"mount --bind {place} {place} && mount -o remount,ro,bind {place}"
    done = build(project, before=before, command=NAMESPACE)
    refused(done, "WB120", "Read-only file system")
    assert tree(project / "build") == bundle


@pytest.fixture
def forbidden() -> Iterator[Callable[[Path], None]]:
    """Take the permission to write from a folder and all below it, for the time of a test."""
    modes: dict[Path, int] = {}

    def forbid(root: Path) -> None:
        for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
            modes[folder] = folder.stat().st_mode
            folder.chmod(0o555)

    yield forbid
    for folder, mode in modes.items():
        folder.chmod(mode)


@permissions
def test_a_project_that_may_not_be_written_is_told(
    built: tuple[Path, Mapping[str, bytes]], forbidden: Callable[[Path], None]
):
    project, bundle = built
    forbidden(project)
    refused(build(project, command=PLAIN), "WB120", "Permission denied")
    assert tree(project / "build") == bundle


@permissions
def test_a_cache_that_may_not_be_written_serves_what_it_has(
    built: tuple[Path, Mapping[str, bytes]],
    tmp_path: Path,
    cache: Path,
    forbidden: Callable[[Path], None],
):
    project, bundle = built
    copy = tmp_path / "cache"
    shutil.copytree(cache, copy, symlinks=True)
    forbidden(copy / "packages")
    env = {CACHE_VARIABLE: str(copy)}
    done = build(project, "--out-dir", tmp_path / "out", command=PLAIN, **env)
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "out") == bundle
    other = write_project(tmp_path / "project", CHANGED)
    refused(build(other, command=PLAIN, **env), "WB304", "Permission denied")
    assert not (other / "build").exists()


@pytest.mark.parametrize("damage", ["a flipped bit", "a missing end"])
def test_a_cache_of_which_every_file_is_damaged_is_made_again(
    built: tuple[Path, Mapping[str, bytes]],
    tmp_path: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: str,
):
    copy = tmp_path / "cache"
    shutil.copytree(cache, copy, symlinks=True)
    monkeypatch.setenv(CACHE_VARIABLE, str(copy))
    kinds: set[str] = set()
    for path in (copy / "packages").rglob("*"):
        if path.is_file() and (content := bytearray(path.read_bytes())):
            content[len(content) // 2] ^= 1
            end = len(content) if damage == "a flipped bit" else len(content) // 2
            path.write_bytes(content[:end])
            kinds.add(path.relative_to(copy / "packages").parts[0])
    assert {"images", "unpacked", "interpreters", "compressed", "startup", "locks"} <= kinds
    project, bundle = built
    assert tree(pipeline.build(project, out_dir=tmp_path / "out").out_dir) == bundle


def test_two_projects_at_once_share_a_cold_cache(
    built: tuple[Path, Mapping[str, bytes]], tmp_path: Path
):
    one, bundle = built
    other = write_project(tmp_path / "other", CHANGED)
    env = {**os.environ, CACHE_VARIABLE: str(cold_cache(tmp_path / "cache"))}
    outs = [tmp_path / "one-out", tmp_path / "other-out"]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "worker_build", project, "-q", "--out-dir", out], env=env
        )
        for project, out in zip((one, other), outs, strict=True)
    ]
    assert [process.wait() for process in running] == [0, 0]
    assert tree(outs[0]) == bundle
    assert b'ok("changed")' in (outs[1] / "worker" / "files.wasm").read_bytes()
    assert b'ok("changed")' not in bundle["worker/files.wasm"]
