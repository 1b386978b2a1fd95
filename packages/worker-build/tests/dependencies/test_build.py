"""Packages that are built here: folders, workspace members, repositories, source archives."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from worker_build.errors import BuildError
from worker_build.packages import git
from worker_build.packages.source import needs_compiler

from ._help import BACKEND, named, refused, resolved, snapshot, third_party
from .conftest import DYLINK, MakeProject, MakeWheel


def test_a_path_dependency_is_built_with_its_package_data(make_project: MakeProject):
    root = make_project("mine", extra='[tool.uv.sources]\nmine = { path = "../mine" }\n')
    make_project(
        name="mine",
        worker=False,
        extra=BACKEND,
        files={"src/mine/__init__.py": "A = 1\n", "src/mine/data/words.txt": "one two"},
    )
    package = named(resolved(root), "mine")
    data = next(file for file in package.files if file.name == "mine/data/words.txt")
    assert data.path.read_text() == "one two"
    assert package.source == root.parent / "mine"


def test_a_change_in_a_path_dependency_is_seen(make_project: MakeProject):
    root = make_project("mine", extra='[tool.uv.sources]\nmine = { path = "../mine" }\n')
    source = root.parent / "mine" / "src" / "mine" / "__init__.py"
    make_project(name="mine", worker=False, extra=BACKEND, files={"src/mine/__init__.py": "1\n"})
    first = named(resolved(root), "mine")
    source.write_text("2\n")
    second = named(resolved(root), "mine")
    texts = [
        next(f.path for f in package.files if f.name == "mine/__init__.py").read_text()
        for package in (first, second)
    ]
    assert texts == ["1\n", "2\n"]


def test_a_new_requirement_of_a_path_dependency_is_seen(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("late")
    root = make_project("mine", extra='[tool.uv.sources]\nmine = { path = "../mine" }\n')
    make_project(name="mine", worker=False, extra=BACKEND, files={"src/mine/__init__.py": ""})
    assert set(third_party(resolved(root))) == {"mine"}
    make_project("late", name="mine", worker=False, extra=BACKEND)
    assert set(third_party(resolved(root))) == {"late", "mine"}


def test_workspace_members_are_built_from_their_folders(make_project: MakeProject, tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["app", "mine"]\n')
    root = make_project("mine", extra="[tool.uv.sources]\nmine = { workspace = true }\n")
    make_project(name="mine", worker=False, extra=BACKEND, files={"src/mine/__init__.py": ""})
    resolution = resolved(root)
    assert resolution.sources == (tmp_path / "mine",)
    assert not (tmp_path / "uv.lock").exists()


@pytest.mark.index
def test_a_build_backend_that_litters_leaves_nothing_in_the_folder(make_project: MakeProject):
    root = make_project("mine", extra='[tool.uv]\n[tool.uv.sources]\nmine = { path = "../mine" }\n')
    make_project(
        name="mine",
        worker=False,
        extra='[build-system]\nrequires = ["setuptools"]\n'
        'build-backend = "setuptools.build_meta"\n',
        files={"src/mine/__init__.py": ""},
    )
    before = snapshot(root.parent / "mine")
    assert set(third_party(resolved(root))) == {"mine"}
    assert snapshot(root.parent / "mine") == before


def test_a_git_dependency_is_built_at_its_commit(make_project: MakeProject, tmp_path: Path):
    folder = make_project(
        name="mine", worker=False, extra=BACKEND, files={"src/mine/__init__.py": "first\n"}
    )
    for args in (
        ("init", "--quiet"),
        ("add", "."),
        ("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "one"),
    ):
        subprocess.run(["git", *args], check=True, cwd=folder)
    url = f"git+{folder.as_uri()}"
    files = named(resolved(make_project(f"mine @ {url}")), "mine").files
    assert any(f.name == "mine/__init__.py" and f.path.read_text() == "first\n" for f in files)


def test_a_package_that_does_not_build_is_refused_in_its_backends_words(make_project: MakeProject):
    root = make_project("mine", extra='[tool.uv.sources]\nmine = { path = "../mine" }\n')
    make_project(name="mine", worker=False, extra=BACKEND)
    error = refused(root)
    assert error.code == "WB406"
    assert any("mine" in line for line in error.details)


def test_a_local_wheel_for_this_machine_is_refused(
    make_project: MakeProject, make_wheel: MakeWheel
):
    wheel = make_wheel("native", tag="cp314-cp314-linux_x86_64", files={"native/x.so": b"\x7fELF"})
    error = refused(make_project(f"native @ {wheel.as_uri()}"))
    assert error.code == "WB401"
    assert (
        "built for cp314-cp314-linux_x86_64; a worker is cp314, pyemscripten_2026_0" in error.what
    )


def test_a_local_wheel_for_another_abi_is_refused_with_both(
    make_project: MakeProject, make_wheel: MakeWheel
):
    tag = "cp314-cp314-pyemscripten_2025_0_wasm32"
    wheel = make_wheel("native", tag=tag, files={"native/x.so": DYLINK})
    error = refused(make_project(f"native @ {wheel.as_uri()}"))
    assert (error.code, error.where) == ("WB401", wheel.name)
    assert f"built for {tag}; a worker is cp314, pyemscripten_2026_0_wasm32" in error.what


def test_a_local_wheel_for_another_python_is_refused_in_uvs_words(
    make_project: MakeProject, make_wheel: MakeWheel
):
    tag = "cp313-cp313-pyemscripten_2026_0_wasm32"
    wheel = make_wheel("native", tag=tag, files={"native/x.so": DYLINK})
    error = refused(make_project(f"native @ {wheel.as_uri()}"))
    assert error.code == "WB402"
    # uv breaks its lines where it likes.
    assert "no wheels with a matching Python version tag" in " ".join(str(error).split())


@pytest.mark.index
def test_a_package_with_optional_extensions_is_built_without_them(make_project: MakeProject):
    package = named(resolved(make_project("markupsafe==3.0.4", index=True)), "markupsafe")
    assert package.note == "built without its extension modules: slower than elsewhere"
    assert not any(file.name.endswith(".so") for file in package.files)


def sdist(folder: Path, files: dict[str, str]) -> Path:
    archive = folder / "a-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"a-1.0/{name}")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return archive


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({"a/__init__.py": ""}, (False, False)),
        ({"a/_fast.c": "", "setup.py": ""}, (False, True)),
        ({"tests/x.c": ""}, (False, False)),
        ({"pyproject.toml": '[build-system]\nbuild-backend = "maturin"\n'}, (True, False)),
        ({"pyproject.toml": '[build-system]\nbuild-backend = "mesonpy"\n'}, (True, False)),
        ({"pyproject.toml": '[build-system]\nrequires = ["setuptools-rust"]\n'}, (True, False)),
        ({"pyproject.toml": "[build-system\n"}, (False, False)),
        ({"sub/pyproject.toml": '[build-system]\nbuild-backend = "maturin"\n'}, (False, False)),
    ],
)
def test_a_source_archive_says_whether_it_needs_a_compiler(
    tmp_path: Path, files: dict[str, str], answer: tuple[bool, bool]
):
    assert needs_compiler(sdist(tmp_path, files)) == answer


@pytest.mark.index
def test_a_pure_source_archive_is_built(make_project: MakeProject, links: Path):
    sdist(
        links,
        {
            "PKG-INFO": "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n",
            "pyproject.toml": f'[project]\nname = "a"\nversion = "1.0"\n{BACKEND}',
            "src/a/__init__.py": "made = 'here'\n",
        },
    )
    package = named(resolved(make_project("a")), "a")
    assert package.note is None
    assert any(file.name == "a/__init__.py" for file in package.files)


@pytest.mark.usefixtures("own_cache")
def test_a_commit_that_cannot_be_fetched_is_told(tmp_path: Path):
    with pytest.raises(BuildError) as caught:
        git.clone((tmp_path / "nothing").as_uri(), "0" * 40, package="a")
    assert caught.value.code == "WB404"
    assert caught.value.details
