"""The examples, as one worker: a dispatcher over one image, so that the tests build once."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from worker_build import pipeline
from worker_build.errors import BuildError
from worker_build.miniflare import Miniflare

from . import upstream

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
TOGETHER = (
    "attrs",
    "beautifulsoup",
    "fastapi",
    "flask",
    "httpx",
    "jinja2",
    "msgspec",
    "pyjwt",
    "starlette",
)
WRANGLER = 'name = "examples"\nmain = "build/worker/shim.mjs"\ncompatibility_date = "2026-07-30"\n'


def built(project: Path, out: Path, *, release: bool = True) -> Path:
    try:
        pipeline.build(project, out_dir=out, release=release)
    except BuildError as error:
        pytest.fail(str(error), pytrace=False)
    return out


class Example:
    """One of the examples in the worker of all."""

    def __init__(self, running: Miniflare, name: str) -> None:
        self.running = running
        self._mine = {"x-example": name}

    def fetch(self, path: str, *, headers: dict[str, str] | None = None, **options: Any):
        return self.running.fetch(path, headers={**self._mine, **(headers or {})}, **options)

    def stream(self, path: str):
        # Uncompressed: what compresses waits for more.
        return self.running.stream(path, headers={**self._mine, "accept-encoding": "identity"})

    def websocket(self, path: str):
        return self.running.websocket(path, headers=self._mine)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """A site on this machine that the examples ask: its address."""
    with upstream.serve() as address:
        yield address


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory, site: str) -> Iterator[Miniflare]:
    project = tmp_path_factory.mktemp("examples")
    _assemble(project)
    options = {
        "compatibilityDate": "2026-07-30",
        "kvNamespaces": ["NOTES", "LETTERS"],
        "bindings": {"SECRET_KEY": "a secret of at least thirty-two bytes", "SITE": site},
    }
    with Miniflare(built(project, project / "build"), options) as running:
        yield running


@pytest.fixture
def example(worker: Miniflare, request: pytest.FixtureRequest) -> Example:
    """The example that the module's name tells: `test_flask.py`."""
    return Example(worker, request.module.__name__.rpartition("test_")[2])


def _assemble(project: Path) -> None:
    source = project / "src"
    dependencies = {"cbor2", "jiter"}
    allowed: list[str] = []
    for name in TOGETHER:
        shutil.copytree(EXAMPLES / name / "src", source, dirs_exist_ok=True)
        (source / "main.py").rename(source / f"{name}_example.py")
        facts = tomllib.loads((EXAMPLES / name / "pyproject.toml").read_text("utf-8"))
        dependencies.update(facts["project"]["dependencies"])
        allowed += facts["tool"].get("worker-build", {}).get("allow-entropy", [])
    shutil.copy(HERE / "dispatcher.py", source / "main.py")
    (project / "wrangler.toml").write_text(WRANGLER)
    (project / "pyproject.toml").write_text(
        '[project]\nname = "examples"\nversion = "1.0"\nrequires-python = ">=3.12"\n'
        f"dependencies = {json.dumps(sorted(dependencies))}\n"
        f"[tool.worker-build]\nallow-entropy = {json.dumps(allowed)}\n"
    )
