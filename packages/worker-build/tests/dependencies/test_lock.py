"""`uv.lock`, read and never written; what a project without one keeps."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from worker_build.packages import runtime, uv

from ._help import named, refused, resolved, snapshot, third_party, uv_lock
from .conftest import MakeProject, MakeWheel


def test_a_lock_file_decides_and_is_not_touched(make_project: MakeProject, make_wheel: MakeWheel):
    for wheel in runtime.wheels().values():
        os.link(wheel, make_wheel("a").parent / wheel.name)
    root = make_project("a")
    uv_lock(root)
    make_wheel("a", "2.0")
    before = snapshot(root)
    resolution = resolved(root)
    assert third_party(resolution) == {"a": "1.0"}
    assert resolution.lock == root / "uv.lock"
    assert snapshot(root) == before


def test_extras_and_groups_come_out_of_a_lock_file(
    make_project: MakeProject, make_wheel: MakeWheel
):
    for wheel in runtime.wheels().values():
        os.link(wheel, make_wheel("in-dev").parent / wheel.name)
    make_wheel("in-extra")
    make_wheel("in-group")
    root = make_project(
        extra='[project.optional-dependencies]\nx = ["in-extra"]\n'
        '[dependency-groups]\ng = ["in-group"]\ndev = ["in-dev"]\n'
        '[tool.worker-build]\nextras = ["x"]\ngroups = ["g"]\n'
    )
    uv_lock(root)
    assert set(third_party(resolved(root))) == {"in-extra", "in-group"}


@pytest.mark.parametrize("variable", ["UV_FROZEN", "UV_LOCKED", "UV_PROJECT"])
def test_what_a_surrounding_uv_says_about_itself_does_not_matter(
    make_project: MakeProject,
    make_wheel: MakeWheel,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
):
    for wheel in runtime.wheels().values():
        os.link(wheel, make_wheel("a").parent / wheel.name)
    root = make_project("a")
    uv_lock(root)
    monkeypatch.setenv(variable, str(tmp_path) if variable == "UV_PROJECT" else "1")
    assert third_party(resolved(root)) == {"a": "1.0"}


def test_a_stale_lock_file_is_refused(make_project: MakeProject, make_wheel: MakeWheel):
    for wheel in runtime.wheels().values():
        os.link(wheel, make_wheel("a").parent / wheel.name)
    make_wheel("b")
    root = make_project("a")
    uv_lock(root)
    make_project("a", "b")
    error = refused(root)
    assert (error.code, error.fix) == ("WB403", "run `uv lock`; a build never changes it")


def test_a_lock_file_of_a_project_for_3_14_alone_is_used(
    make_project: MakeProject, make_wheel: MakeWheel
):
    for wheel in runtime.wheels().values():
        os.link(wheel, make_wheel("a").parent / wheel.name)
    make_wheel("b")
    root = make_project("a")
    uv_lock(root)

    def only_3_14(file: Path) -> None:
        file.write_text(
            file.read_text().replace('requires-python = ">=3.12"', 'requires-python = ">=3.14"')
        )

    only_3_14(root / "uv.lock")
    only_3_14(root / "pyproject.toml")
    assert third_party(resolved(root)) == {"a": "1.0"}
    make_project("a", "b")
    only_3_14(root / "pyproject.toml")
    assert refused(root).code == "WB403"


def test_somebody_elses_worker_in_a_lock_file_is_refused(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("worker", "1.2.3")
    root = make_project()
    uv_lock(root)
    error = refused(root)
    assert error.code == "WB403"
    assert "worker 1.2.3" in error.what


def test_somebody_elses_worker_on_the_index_is_never_taken(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("worker", "9999.1", files={"worker/evil.py": ""})
    make_wheel("worker", runtime.version(), files={"worker/evil.py": ""})
    package = named(resolved(make_project()), "worker")
    assert package.version == runtime.version()
    assert not any(file.name == "worker/evil.py" for file in package.files)


def test_a_lock_file_for_other_platforms_is_refused(
    make_project: MakeProject, make_wheel: MakeWheel, links: Path
):
    make_wheel("worker", runtime.version())
    uv_table = f"[tool.uv]\nno-index = true\nfind-links = [{str(links)!r}]\n"
    root = make_project(extra=f"{uv_table}environments = [\"sys_platform == 'linux'\"]\n")
    uv_lock(root)
    error = refused(root)
    assert error.code == "WB403"
    assert error.fix is not None
    assert "environments" in error.fix


@pytest.mark.usefixtures("own_cache")
def test_once_resolved_nothing_is_asked_of_uv_or_the_index_again(
    make_project: MakeProject, make_wheel: MakeWheel, monkeypatch: pytest.MonkeyPatch
):
    wheel = make_wheel("a")
    root = make_project("a")
    first = resolved(root)
    wheel.unlink()
    monkeypatch.setattr(uv, "run", None)
    assert resolved(root) == first


def test_what_is_cached_about_a_lock_is_json(make_project: MakeProject, own_cache: Path):
    resolved(make_project())
    (sources,) = own_cache.glob("packages/locks/*/sources.json")
    assert json.loads(sources.read_text()) == {}


def test_an_answer_found_without_a_network_is_not_kept_for_good(
    make_project: MakeProject, make_wheel: MakeWheel, own_cache: Path
):
    make_wheel("a", "1.0")
    root = make_project("a")
    resolved(root)
    make_wheel("a", "2.0")
    (entry,) = (own_cache / "packages" / "locks").iterdir()
    (entry / "offline").touch()
    assert third_party(resolved(root)) == {"a": "1.0"}
    os.utime(entry / "offline", (0, 0))
    assert third_party(resolved(root)) == {"a": "2.0"}


@pytest.mark.index
def test_a_dead_network_is_made_up_for_by_what_uv_has(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
):
    root = make_project("pydantic>=2", index=True, name="first")
    uv.run("pip", "compile", "pyproject.toml", "--universal", cwd=root, env=links())
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    # Revalidated at every call, so that the dead network is noticed at all.
    monkeypatch.setenv("UV_REFRESH", "1")
    answer = uv.run("pip", "compile", "pyproject.toml", "--universal", cwd=root, env=links())
    assert answer.offline
    assert "pydantic-core==" in answer.text


def links() -> dict[str, str]:
    return {"UV_FIND_LINKS": str(runtime.find_links())}


@pytest.mark.parametrize("above", ["tool = 3\n", "[tool]\nuv = 3\n", "tool = [\n"])
def test_an_odd_file_in_a_folder_above_is_refused_in_uvs_words(
    make_project: MakeProject, tmp_path: Path, above: str
):
    (tmp_path / "pyproject.toml").write_text(above)
    error = refused(make_project())
    assert error.code == "WB402"
    assert str(tmp_path / "pyproject.toml") in str(error)
