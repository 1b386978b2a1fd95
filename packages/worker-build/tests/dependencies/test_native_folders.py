"""Folders of C or Rust, the user's own or from Git, compiled by pyodide-build's real command."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.pylock import Package
from packaging.utils import NormalizedName
from worker_build.packages import crossbuild, native
from worker_build.packages.missing import Missing

from ._help import named, refused, resolved
from .conftest import NATIVE, SOUND, TARGET, MakeProject

pytestmark = pytest.mark.usefixtures("own_cache")

BACKEND = f"""\
import base64, hashlib, os, zipfile

def line(path, content):
    content = content.encode() if isinstance(content, str) else content
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{{path}},sha256={{digest}},{{len(content)}}\\n"

def build_wheel(out, settings=None, metadata=None):
    if "PYODIDE" not in os.environ:
        raise SystemExit("there is no compiler")
    name = "a-1.0-{TARGET}.whl"
    info = "a-1.0.dist-info"
    metadata = "Metadata-Version: 2.1\\nName: a\\nVersion: 1.0\\n"
    wheel = "Wheel-Version: 1.0\\nGenerator: a\\nRoot-Is-Purelib: false\\nTag: {TARGET}\\n"
    module = bytes.fromhex("{SOUND.hex()}")
    files = {{"a.so": module, f"{{info}}/METADATA": metadata, f"{{info}}/WHEEL": wheel}}
    with zipfile.ZipFile(os.path.join(out, name), "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        record = "".join(line(*file) for file in files.items())
        archive.writestr(f"{{info}}/RECORD", f"{{record}}{{info}}/RECORD,,\\n")
    return name
"""
"""A build backend that has a compiler in pyodide-build's environment alone."""


def own_backend(make_project: MakeProject) -> Path:
    table = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    files = {"backend.py": BACKEND, "a.c": "int a;", ".cargo/config.toml": ""}
    return make_project(name="a", worker=False, extra=table, files=files)


def from_a_path(make_project: MakeProject, folder: Path) -> Path:
    return make_project("a", extra='[tool.uv.sources]\na = { path = "../a" }\n')


def from_a_workspace(make_project: MakeProject, folder: Path) -> Path:
    text = '[tool.uv.workspace]\nmembers = ["app", "a"]\n'
    (folder.parent / "pyproject.toml").write_text(text)
    return make_project("a", extra="[tool.uv.sources]\na = { workspace = true }\n")


def from_git(make_project: MakeProject, folder: Path) -> Path:
    author = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    for args in (("init",), ("add", "."), (*author, "commit", "-m", "one")):
        subprocess.run(["git", *args], check=True, cwd=folder, capture_output=True)
    return make_project(f"a @ git+{folder.as_uri()}")


FROM = [from_a_path, from_a_workspace, from_git]


@pytest.mark.parametrize("source", FROM)
@pytest.mark.usefixtures("some_emscripten")
def test_a_folder_with_extensions_is_compiled(
    make_project: MakeProject, source: Callable[[MakeProject, Path], Path]
):
    folder = own_backend(make_project)
    root = source(make_project, folder)
    package = named(resolved(root), "a")
    assert package.note == native.NOTE
    assert [file.name for file in package.files if file.name.endswith(".so")] == ["a.so"]
    assert package.source == (None if source is from_git else folder)
    assert not list(folder.glob("*.whl"))


@pytest.mark.parametrize("source", FROM)
def test_a_folder_with_extensions_is_refused_without_a_compiler(
    make_project: MakeProject, source: Callable[[MakeProject, Path], Path]
):
    error = refused(root := source(make_project, own_backend(make_project)))
    assert error.code == "WB401"
    assert error.details[0] in {
        "a 1.0: its source needs a compiler",
        "a: its source needs a compiler",
    }
    assert error.details[1].startswith(f'  build it: pyodide build "{root.anchor}')
    assert error.details[-1] == "  pyodide xbuildenv install-emscripten"


@pytest.mark.usefixtures("some_emscripten")
def test_a_folder_is_compiled_again_when_its_content_changes(
    make_project: MakeProject,
):
    folder = own_backend(make_project)
    item = Missing(Package(name=NormalizedName("a")), "", source=folder, folder=folder)
    said: list[str] = []
    (first,), _ = native.supply([item], said.append)
    assert said[0] == "installing the cross-build environment " + crossbuild.version()
    assert said[1] == "compiling a with pyodide-build, which may take minutes"
    assert re.fullmatch(r"compiled a in \d+ s; it stays in the cache", said[2])
    (again,), _ = native.supply([item], said.append)
    assert (again.path, len(said)) == (first.path, 3)
    (folder / "a.c").write_text("int b;")
    (other,), _ = native.supply([item], said.append)
    assert other.path != first.path
    assert (other.folder, len(said)) == (folder, 5)


@pytest.mark.index
@pytest.mark.usefixtures("some_emscripten")
def test_a_folder_that_does_not_compile_is_refused_with_its_place(make_project: MakeProject):
    folder = make_project(name="a", worker=False, files=NATIVE)
    (folder / "pyproject.toml").write_text(NATIVE["pyproject.toml"])
    error = refused(make_project("a", extra='[tool.uv.sources]\na = { path = "../a" }\n'))
    assert (error.code, error.where) == ("WB406", str(folder))
    assert error.details
