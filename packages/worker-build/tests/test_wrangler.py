"""The pinned wrangler takes a finished build as it is, and needs no network for it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from support import wrangler
from worker_build.miniflare import Miniflare
from worker_build.new import create

pytestmark = pytest.mark.miniflare

BUILD = Path(__file__).parent / "miniflare_worker"
WRANGLER = """
name = "tiny"
main = "build/index.js"
compatibility_date = "2026-04-01"
no_bundle = true
rules = [
  { type = "ESModule", globs = ["**/*.js", "**/*.mjs"] },
  { type = "CompiledWasm", globs = ["**/*.wasm"] },
]
vars = { GREETING = "hi" }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "wrangler.toml").write_text(WRANGLER)
    for path in BUILD.rglob("*"):
        if path.is_file():
            target = tmp_path / "build" / path.relative_to(BUILD)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


def test_a_dry_run_of_deploy_accepts_it_and_its_outdir_boots(project: Path) -> None:
    wrangler.deploy(project, "out")
    names = {path.relative_to(project / "out").as_posix() for path in (project / "out").rglob("*")}
    assert {"index.js", "worker/shim.mjs", "worker/add.wasm"} <= names
    with Miniflare(project / "out") as running:
        assert running.fetch("/add").text == "42"


def test_wrangler_dev_serves_it(project: Path) -> None:
    with wrangler.served(project) as url:
        assert httpx.get(f"{url}/add", trust_env=False).text == "42"
        assert httpx.get(f"{url}/vars", trust_env=False).json() == {"GREETING": "hi"}


@pytest.mark.slow
def test_wrangler_builds_deploys_and_serves_a_new_project(tmp_path: Path) -> None:
    made = tmp_path / "hello"
    create(made, "hello-world")
    wrangler.deploy(made, "out")
    with Miniflare(made / "out", {"compatibilityDate": "2026-07-01"}) as running:
        assert running.fetch("/").text == "Hello from Python!"
    with wrangler.served(made) as url:
        assert httpx.get(url, trust_env=False, timeout=60).text == "Hello from Python!"
