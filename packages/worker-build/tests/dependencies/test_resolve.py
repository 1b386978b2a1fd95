"""From requirements to unpacked packages: real uv, real wheels, an index only where marked."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from worker_build.packages import runtime, store
from worker_build.resolve import Resolution

from ._help import named, refused, resolved, snapshot, third_party
from .conftest import DYLINK, TARGET, MakeProject, MakeWheel


def test_the_runtime_comes_from_worker_build_itself(make_project: MakeProject):
    resolution = resolved(make_project())
    assert [package.name for package in resolution.packages] == list(runtime.NAMES)
    assert {package.version for package in resolution.packages} == {runtime.version()}


def test_a_project_without_worker_is_refused(make_project: MakeProject):
    error = refused(make_project(worker=False))
    assert error.code == "WB108"
    assert error.fix == 'add it: [project] dependencies = ["worker"]'


def test_a_wheel_for_this_target_wins_over_all_others(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("fast", tag="py3-none-any", files={"fast/slow.py": ""})
    make_wheel("fast", tag="cp314-cp314-manylinux_2_28_x86_64", files={"fast/linux.so": ""})
    make_wheel("fast", tag=TARGET, files={"fast/core.so": DYLINK})
    files = named(resolved(make_project("fast")), "fast").files
    assert [file.name for file in files if ".dist-info" not in file.name] == ["fast/core.so"]


def test_markers_are_those_of_emscripten(make_project: MakeProject, make_wheel: MakeWheel):
    for name in ("here", "elsewhere", "young", "old"):
        make_wheel(name)
    root = make_project(
        "here; sys_platform == 'emscripten' and platform_machine == 'wasm32'",
        "elsewhere; sys_platform != 'emscripten'",
        "young; python_version >= '3.14' and os_name == 'posix'",
        "old; python_version < '3.14'",
    )
    assert set(third_party(resolved(root))) == {"here", "young"}


def test_dependencies_of_dependencies_come_along(make_project: MakeProject, make_wheel: MakeWheel):
    make_wheel("a", requires=["b>=2", "c; extra == 'more'"])
    make_wheel("b", "1.0")
    make_wheel("b", "2.5")
    make_wheel("c")
    assert third_party(resolved(make_project("a"))) == {"a": "1.0", "b": "2.5"}


def test_extras_and_groups_come_where_they_are_asked_for(
    make_project: MakeProject, make_wheel: MakeWheel
):
    for name in ("in-extra", "in-group", "in-dev"):
        make_wheel(name)
    tables = (
        '[project.optional-dependencies]\nx = ["in-extra"]\n'
        '[dependency-groups]\ng = ["in-group"]\ndev = ["in-dev"]\n'
    )
    root = make_project(extra=tables, name="plain")
    assert third_party(resolved(root)) == {}
    chosen = f'{tables}[tool.worker-build]\nextras = ["x"]\ngroups = ["g"]\n'
    root = make_project(extra=chosen, name="asking")
    assert set(third_party(resolved(root))) == {"in-extra", "in-group"}


def test_nothing_is_left_behind_in_the_project(make_project: MakeProject, make_wheel: MakeWheel):
    make_wheel("a")
    root = make_project("a")
    before = snapshot(root)
    resolved(root)
    assert snapshot(root) == before


def test_a_requirement_that_cannot_be_met_is_refused_in_uvs_words(make_project: MakeProject):
    error = refused(make_project("nobody-has-this"))
    assert error.code == "WB402"
    assert any("nobody-has-this" in line for line in error.details)


def test_every_package_without_a_wheel_is_listed(make_project: MakeProject, make_wheel: MakeWheel):
    make_wheel("orjson", tag="cp314-cp314-win_amd64")
    make_wheel("orjson", tag="cp314-cp314-macosx_11_0_arm64")
    make_wheel("other", tag="cp313-cp313-pyemscripten_2025_0_wasm32")
    error = refused(make_project("orjson", "other"))
    assert error.code == "WB401"
    assert "2 packages" in error.what
    assert "orjson 1.0: its 2 wheels are for other platforms" in error.details
    assert "  use msgspec or json" in error.details
    assert '  build it: pyodide build "other==1.0"' in error.details


def test_a_missing_wheel_is_told_with_who_asks_for_it(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("native", tag="cp314-cp314-win_amd64")
    make_wheel("middle", requires=["native>=1", "maybe; extra == 'more'"])
    make_wheel("other", requires=["native; extra == 'unused'"])
    direct = refused(make_project("native", name="direct"))
    assert direct.where == "pyproject.toml:5"
    indirect = refused(make_project("middle", "other", name="indirect"))
    assert indirect.where == "pyproject.toml"
    assert "  asked for by middle" in indirect.details


@pytest.mark.usefixtures("own_cache")
def test_a_file_that_is_not_what_was_locked_is_refused(
    make_project: MakeProject, make_wheel: MakeWheel
):
    wheel = make_wheel("a")
    root = make_project("a")
    resolution = resolved(root)
    assert third_party(resolution) == {"a": "1.0"}
    make_wheel("a", files={"a/changed.py": ""})
    digest = store.sha256(wheel)
    for folder in ("wheels", "unpacked"):
        for path in (wheel.parent.parent / "cache" / "packages" / folder).iterdir():
            assert path.name != digest
    for path in (wheel.parent.parent / "cache" / "packages" / "wheels").iterdir():
        next(path.iterdir()).unlink()
    error = refused(root)
    assert error.code == "WB405"
    assert error.details[1].endswith(digest)


@pytest.mark.usefixtures("own_cache")
def test_a_damaged_cache_entry_is_made_again(make_project: MakeProject, make_wheel: MakeWheel):
    make_wheel("a", files={"a/__init__.py": "right = 1\n"})
    root = make_project("a")
    first = resolved(root)
    for file in named(first, "a").files:
        file.path.write_bytes(b"x" * file.size)
    second = resolved(root)
    assert second == first
    init = next(f for f in named(second, "a").files if f.name == "a/__init__.py")
    assert init.path.read_text() == "right = 1\n"


@pytest.mark.usefixtures("own_cache")
def test_a_wheel_that_is_not_what_its_record_says_is_refused(
    make_project: MakeProject, make_wheel: MakeWheel
):
    import zipfile

    wheel = make_wheel("a", files={"a/__init__.py": ""})
    with zipfile.ZipFile(wheel) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, b"evil = 1\n" if name == "a/__init__.py" else data)
    error = refused(make_project("a"))
    assert error.code == "WB407"
    assert "a/__init__.py" in error.what


def test_a_cache_that_cannot_be_written_is_told(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("WORKER_BUILD_CACHE", str(tmp_path / "file"))
    assert refused(make_project()).code == "WB304"


def test_two_builds_at_once_agree(
    make_project: MakeProject, make_wheel: MakeWheel, own_cache: Path
):
    for name in "abcd":
        make_wheel(name)
    root = make_project(*"abcd")
    results: list[Resolution] = []
    threads = [threading.Thread(target=lambda: results.append(resolved(root))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3
    assert results[0] == results[1] == results[2]
    assert list(own_cache.rglob(".aside-*")) == []


@pytest.mark.parametrize("kind", ["built", "locks", "wheels", "unpacked"])
def test_a_killed_build_leaves_nothing_that_hurts_the_next(
    make_project: MakeProject, make_wheel: MakeWheel, own_cache: Path, kind: str
):
    make_wheel("a", files={f"a/{number}.py": "" for number in range(200)})
    root = make_project("a")
    script = (
        "from pathlib import Path; from worker_build import project, resolve; "
        f"resolve.resolve(project.load(Path({str(root)!r})))"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        while process.poll() is None:
            if next((own_cache / "packages" / kind).glob(".aside-*"), None):
                process.kill()
    finally:
        process.kill()
        process.wait()
    assert third_party(resolved(root)) == {"a": "1.0"}


@pytest.mark.index
def test_pydantic_comes_with_its_extension_for_this_target(make_project: MakeProject):
    resolution = resolved(make_project("pydantic>=2", index=True))
    assert named(resolution, "pydantic").version.startswith("2.")
    names = [file.name for file in named(resolution, "pydantic-core").files]
    assert "pydantic_core/_pydantic_core.cpython-314-wasm32-emscripten.so" in names


@pytest.mark.index
def test_a_name_that_no_index_has_is_told_with_its_line(make_project: MakeProject):
    error = refused(make_project("worker-of-nobody-at-all", index=True))
    assert (error.code, error.where) == ("WB402", "pyproject.toml:5")
    assert error.fix is not None
    assert error.fix.startswith("look at how `worker-of-nobody-at-all` is spelled")
