"""Extensions compiled by pyodide-build: its real command line, found, asked and believed.

Pyodide's headers and Emscripten come from no package index. Where they are not here, an environment
made on the spot, for the Python of these tests, takes their place: pyodide-build installs and
selects it as it would the real one. What needs the real one says so.
"""

from __future__ import annotations

import io
import os
import sys
import tarfile
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.pylock import Package
from packaging.utils import NormalizedName
from packaging.version import Version
from worker_build.errors import BuildError
from worker_build.packages import crossbuild, native
from worker_build.packages.missing import Missing

from ._help import refused
from .conftest import NATIVE, SOUND, TARGET, MakeProject, MakeWheel

TOOL = Path(sys.executable).parent / "pyodide"
NEEDS_LIBRARY = b"\0asm\x01\0\0\0\x00\x1b\x08dylink.0\x01\x04\0\0\0\0\x02\x0a\x01\x08libz.so0"
"""The same, with a subsection of needed libraries: one, `libz.so0`."""

PURE = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "1.0"\ndescription = "a"\n'
    '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n',
    "a/__init__.py": "",
}


def missing(folder: Path, files: Mapping[str, str] = PURE) -> Missing:
    archive = folder / "a-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in files.items():
            content = textwrap.dedent(text).encode()
            info = tarfile.TarInfo(f"a-1.0/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    package = Package(name=NormalizedName("a"), version=Version("1.0"))
    return Missing(package, "it has no wheels, and its source needs a compiler", source=archive)


def lacking(item: Missing) -> tuple[str, ...]:
    wheels, (left,) = native.supply([item])
    assert wheels == []
    return left.lacking


@pytest.fixture
def no_emscripten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No compiler is on the PATH, nor git, with which one would be fetched."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "make").symlink_to("/usr/bin/make")
    (tools / "env").symlink_to("/usr/bin/env")
    monkeypatch.setenv("PATH", str(tools))


pytestmark = pytest.mark.usefixtures("own_cache")


def test_without_pyodide_build_the_error_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lacking(missing(tmp_path)) == (
        "pyodide-build is not installed (it needs Python 3.14); run:",
        "  uv tool install --python 3.14 --with pyodide-build pyodide-cli",
        f"  pyodide xbuildenv install {crossbuild.version()}",
        "  pyodide xbuildenv install-emscripten",
    )


@pytest.mark.skipif(sys.version_info[:2] == (3, 14), reason="this Python is that of the target")
def test_pyodide_build_on_another_python_is_not_used(tmp_path: Path):
    first, *commands = lacking(missing(tmp_path))
    assert f"{TOOL} runs on another Python than 3.14" in first
    assert commands[0] == "  uv tool install --python 3.14 --with pyodide-build pyodide-cli"


@pytest.mark.usefixtures("this_python")
def test_a_pyodide_that_does_not_work_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    tool = tmp_path / "pyodide"
    tool.write_text("#!/bin/sh\necho its Python is gone\nexit 127\n")
    tool.chmod(0o755)
    assert lacking(missing(tmp_path))[0] == f"{tool} is of no use: its Python is gone; run:"


@pytest.mark.usefixtures("this_python")
def test_an_environment_that_cannot_be_fetched_is_told(tmp_path: Path):
    first, *commands = lacking(missing(tmp_path))
    assert f"the cross-build environment {crossbuild.version()} cannot be installed" in first
    assert "metadata.json" in first
    assert commands == [
        f"  pyodide xbuildenv install {crossbuild.version()}",
        "  pyodide xbuildenv install-emscripten",
    ]


@pytest.mark.usefixtures("environments", "no_emscripten")
def test_the_environment_is_installed_and_missing_emscripten_is_told(tmp_path: Path):
    first, *commands = lacking(missing(tmp_path))
    assert crossbuild.run(TOOL, "xbuildenv", "version").stdout.strip() == crossbuild.version()
    assert "Emscripten 5.0.3 cannot be installed from github.com" in first
    assert commands == ["  pyodide xbuildenv install-emscripten"]


@pytest.mark.usefixtures("environments")
def test_another_selected_environment_is_left_alone(tmp_path: Path):
    assert crossbuild.run(TOOL, "xbuildenv", "install", "1.2.3").returncode == 0
    first, *commands = lacking(missing(tmp_path))
    assert f"uses the cross-build environment 1.2.3, a worker needs {crossbuild.version()}" in first
    assert commands[0] == f"  pyodide xbuildenv install {crossbuild.version()}"
    assert crossbuild.run(TOOL, "xbuildenv", "version").stdout.strip() == "1.2.3"


@pytest.mark.index
@pytest.mark.usefixtures("some_emscripten")
def test_what_is_built_stays_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    item = missing(tmp_path)
    (wheel,), left = native.supply([item])
    assert left == []
    assert wheel.path.name == "a-1.0-py2.py3-none-any.whl"
    assert wheel.note == native.NOTE
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (again,), _ = native.supply([item])
    assert again.path == wheel.path


@pytest.mark.index
@pytest.mark.usefixtures("some_emscripten")
def test_what_does_not_compile_is_refused_in_its_backends_words(tmp_path: Path):
    broken = PURE | {"pyproject.toml": PURE["pyproject.toml"].replace('version = "1.0"', "")}
    with pytest.raises(BuildError) as caught:
        native.supply([missing(tmp_path, broken)])
    assert caught.value.code == "WB406"
    assert any("version" in line for line in caught.value.details)


@pytest.mark.usefixtures("some_emscripten")
def test_rust_needs_rustup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folders = os.environ["PATH"].split(os.pathsep)
    without = [each for each in folders if not (Path(each) / "rustup").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(without))
    first, command = lacking(missing(tmp_path, PURE | {"Cargo.toml": ""}))
    assert first == "Rust is not installed: get rustup from https://rustup.rs; run:"
    assert "pyodide config get rust_toolchain" in command


def test_a_package_without_a_source_stops_all_compiling(tmp_path: Path):
    other = Missing(Package(name=NormalizedName("b"), version=Version("1.0")), "it has no wheels")
    items = [missing(tmp_path), other]
    assert native.supply(items) == ([], items)


def test_the_commands_stand_once_below_all_packages(
    make_project: MakeProject, links: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(links))
    needs = '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n'
    needs = f'[project]\nname = "a"\nversion = "1.0"\n{needs}'
    info = "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n"
    missing(links, {"PKG-INFO": info, "pyproject.toml": needs})
    error = refused(make_project("a"))
    assert error.code == "WB401"
    assert error.details[0] == "a 1.0: it has no wheels, and its source needs a compiler"
    assert error.details[-1] == "  pyodide xbuildenv install-emscripten"


@pytest.mark.parametrize("files", [{"a.so": SOUND}, {"a/one.so": SOUND, "a/two.so": SOUND}])
def test_a_sound_wheel_passes_the_audit(make_wheel: MakeWheel, files: dict[str, bytes]):
    native.audit(TOOL, make_wheel("a", files=files, tag=TARGET))


@pytest.mark.parametrize(
    ("content", "tag", "why"),
    [
        (NEEDS_LIBRARY, TARGET, "it needs shared libraries that it does not bring: libz.so0"),
        (b"\x7fELF", TARGET, "a.so is not a WASM file"),
        (SOUND, "cp314-cp314-linux_x86_64", "it is for another platform"),
    ],
)
def test_a_wheel_that_no_worker_can_load_is_refused(
    make_wheel: MakeWheel, content: bytes, tag: str, why: str
):
    with pytest.raises(BuildError) as caught:
        native.audit(TOOL, make_wheel("a", files={"a.so": content}, tag=tag))
    assert caught.value.code == "WB409"
    assert why in str(caught.value)


@pytest.mark.index
@pytest.mark.slow
@pytest.mark.native
@pytest.mark.parametrize("is_folder", [False, True])
def test_an_extension_is_compiled(
    tmp_path: Path, make_project: MakeProject, monkeypatch: pytest.MonkeyPatch, *, is_folder: bool
):
    monkeypatch.delenv("PYODIDE_XBUILDENV_PATH")
    monkeypatch.delenv("PYODIDE_CROSS_BUILD_ENV_METADATA_URL")
    item = missing(tmp_path, NATIVE)
    if is_folder:
        folder = make_project(name="a", files=NATIVE)
        (folder / "pyproject.toml").write_text(NATIVE["pyproject.toml"])
        item = replace(item, source=folder, folder=folder)
    wheels, left = native.supply([item])
    if left:
        pytest.skip("\n".join(left[0].lacking))
    assert wheels[0].path.name == f"a-1.0-{TARGET}.whl"
