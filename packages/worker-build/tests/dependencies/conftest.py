"""Projects and wheels made on the spot: most tests of packages need no index at all."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import platform
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from worker_build.packages import crossbuild
from worker_build.packages.target import ENVIRONMENT

TARGET = "cp314-cp314-pyemscripten_2026_0_wasm32"
DYLINK = b"\0asm\x01\0\0\0\x00\x0c\x08dylink.0\x01\x00"
"""The first bytes of an Emscripten side module: magic, version, an empty `dylink.0` section."""

SOUND = b"\0asm\x01\0\0\0\x00\x0f\x08dylink.0\x01\x04\0\0\0\0"
"""A side module with nothing in it: magic, version, a `dylink.0` section."""

SYSCONFIG = "_sysconfigdata__emscripten_wasm32-emscripten"
SETTINGS = f"""\
export PYMAJOR={sys.version_info.major}
export PYMINOR={sys.version_info.minor}
export PYVERSION={platform.python_version()}
export PYODIDE_EMSCRIPTEN_VERSION=5.0.3
export PYODIDE_ABI_VERSION=2026_0
export PYTHONINCLUDE=/nowhere
export PLATFORM_TRIPLET=wasm32-emscripten
export SYSCONFIG_NAME={SYSCONFIG}
export TARGETINSTALLDIR=$(PYODIDE_ROOT)/target
export SIDE_MODULE_CFLAGS=-O2
export SIDE_MODULE_CXXFLAGS=-O2
export SIDE_MODULE_LDFLAGS=-O2
.output_vars:
\tenv
"""

NATIVE = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "1.0"\n'
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    '[[tool.setuptools.ext-modules]]\nname = "a"\nsources = ["a.c"]\n',
    "a.c": """\
    #include <Python.h>
    static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "a", NULL, 0, NULL};
    PyMODINIT_FUNC PyInit_a(void) { return PyModuleDef_Init(&module); }
    """,
}

MakeProject = Callable[..., Path]
MakeWheel = Callable[..., Path]


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """A folder that stands for an index: `make_wheel` fills it, `make_project` points to it."""
    folder = tmp_path / "links"
    folder.mkdir()
    return folder


@pytest.fixture
def make_wheel(links: Path) -> MakeWheel:
    def make(
        name: str,
        version: str = "1.0",
        files: Mapping[str, bytes | str] | None = None,
        *,
        tag: str = "py3-none-any",
        requires: Sequence[str] = (),
        folder: Path | None = None,
    ) -> Path:
        stem = f"{name.replace('-', '_')}-{version}"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += "".join(f"Requires-Dist: {item}\n" for item in requires)
        pure = "true" if tag.endswith("-any") else "false"
        content: dict[str, bytes | str] = {
            **(files if files is not None else {f"{name.replace('-', '_')}/__init__.py": ""}),
            f"{stem}.dist-info/METADATA": metadata,
            f"{stem}.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\n"
            f"Root-Is-Purelib: {pure}\nTag: {tag}\n",
        }
        record = f"{stem}.dist-info/RECORD"
        lines = [f"{path},{_hash(data)},{len(_bytes(data))}" for path, data in content.items()]
        content[record] = "\n".join([*lines, f"{record},,"]) + "\n"
        wheel = (folder or links) / f"{stem}-{tag}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, data in content.items():
                archive.writestr(path, data)
        return wheel

    return make


@pytest.fixture
def make_project(tmp_path: Path, links: Path) -> MakeProject:
    """Write a project that depends on `worker` and on what is given, without any index."""

    def make(
        *dependencies: str,
        name: str = "app",
        files: Mapping[str, bytes | str] | None = None,
        extra: str = "",
        index: bool = False,
        worker: bool = True,
    ) -> Path:
        root = tmp_path / name
        wanted = [*(["worker"] if worker else []), *dependencies]
        offline = "" if index else f"no-index = true\nfind-links = [{str(links)!r}]\n"
        text = f'[project]\nname = "{name}"\nversion = "1.0"\nrequires-python = ">=3.12"\n'
        text += f"dependencies = {wanted!r}\n{extra}\n"
        if "[tool.uv]" not in extra:
            text += f"[tool.uv]\n{offline}"
        for path, data in {"src/main.py": "", **(files or {}), "pyproject.toml": text}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(_bytes(data))
        return root

    return make


@pytest.fixture(autouse=True)
def no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyodide-build has no environment, and the list of those to fetch is a file that is not there.

    Which packages are missing does not depend on what this machine could compile.
    """
    monkeypatch.setenv("PYODIDE_XBUILDENV_PATH", str(tmp_path / "environments"))
    monkeypatch.setenv("PYODIDE_CROSS_BUILD_ENV_METADATA_URL", str(tmp_path / "metadata.json"))


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test alone, empty."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("WORKER_BUILD_CACHE", str(folder))
    return folder


@pytest.fixture
def this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The target's Python is that of these tests."""
    here = ENVIRONMENT | {"python_full_version": platform.python_version()}
    monkeypatch.setattr(crossbuild, "ENVIRONMENT", here)


@pytest.fixture
def environments(tmp_path: Path, this_python: None) -> None:
    """Two environments can be installed: that of the pinned Pyodide, and another."""
    archive = tmp_path / "environment.tar.gz"
    content = {
        "pyodide-root/Makefile.envs": SETTINGS,
        f"pyodide-root/target/sysconfigdata/{SYSCONFIG}.py": "build_time_vars = {}\n",
        "requirements.txt": "",
    }
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in content.items():
            info = tarfile.TarInfo(f"xbuildenv/{name}")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    releases = {
        version: {
            "version": version,
            "url": archive.as_uri(),
            "python_version": platform.python_version(),
            "emscripten_version": "5.0.3",
        }
        for version in (crossbuild.version(), "1.2.3")
    }
    (tmp_path / "metadata.json").write_text(json.dumps({"releases": releases}))


@pytest.fixture
def some_emscripten(environments: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler is on the PATH, and nobody asks for its version: what is built has no C."""
    tool = tmp_path / "bin" / "emcc"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SKIP_EMSCRIPTEN_VERSION_CHECK", "1")


def _bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _hash(data: bytes | str) -> str:
    digest = hashlib.sha256(_bytes(data)).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
