"""Projects and wheels made on the spot: most tests of packages need no index at all."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

TARGET = "cp314-cp314-pyemscripten_2026_0_wasm32"
DYLINK = b"\0asm\x01\0\0\0\x00\x0c\x08dylink.0\x01\x00"
"""The first bytes of an Emscripten side module: magic, version, an empty `dylink.0` section."""

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


def _bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _hash(data: bytes | str) -> str:
    digest = hashlib.sha256(_bytes(data)).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
