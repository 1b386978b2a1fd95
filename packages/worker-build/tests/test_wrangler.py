"""The pinned wrangler takes a finished build as it is, and needs no network for it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from worker_build import toolchain
from worker_build.miniflare import Miniflare
from worker_build.new import create
from worker_build.serve import free_port

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


def wrangler(project: Path, *args: str) -> subprocess.Popen[str]:
    tools = toolchain.install()
    script = tools.package("wrangler") / "bin" / "wrangler.js"
    env = {
        **{key: value for key, value in os.environ.items() if "PROXY" not in key.upper()},
        "HOME": str(project),
        # The made project's `[build] command` is `worker-build`; its caches stay the user's.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "WORKER_BUILD_CACHE": str(toolchain.cache_dir()),
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv")),
        "WRANGLER_SEND_METRICS": "false",
        "CI": "1",
        "CLOUDFLARE_CF_FETCH_ENABLED": "false",
    }
    return subprocess.Popen(
        [tools.node, script, *args],
        cwd=project,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_dry_run_of_deploy_accepts_it_and_its_outdir_boots(project: Path) -> None:
    with wrangler(project, "deploy", "--dry-run", "--outdir", "out") as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0, said
    names = {path.relative_to(project / "out").as_posix() for path in (project / "out").rglob("*")}
    assert {"index.js", "worker/shim.mjs", "worker/add.wasm"} <= names
    with Miniflare(project / "out") as running:
        assert running.fetch("/add").text == "42"


@contextlib.contextmanager
def served(project: Path) -> Iterator[str]:
    """`wrangler dev` on a project; gives its address."""
    port = free_port(None) or 8788
    process = wrangler(project, "dev", "--port", str(port), "--ip", "127.0.0.1")
    ready = threading.Event()
    said: list[str] = []

    def read() -> None:
        for line in process.stdout or ():
            said.append(line)
            if "Ready on" in line:
                ready.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert ready.wait(120), "".join(said)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        reader.join(10)
        if process.stdout is not None:
            process.stdout.close()


def test_wrangler_dev_serves_it(project: Path) -> None:
    with served(project) as url:
        assert httpx.get(f"{url}/add", trust_env=False).text == "42"
        assert httpx.get(f"{url}/vars", trust_env=False).json() == {"GREETING": "hi"}


@pytest.mark.slow
def test_wrangler_builds_deploys_and_serves_a_new_project(tmp_path: Path) -> None:
    made = tmp_path / "hello"
    create(made, "hello-world")
    with wrangler(made, "deploy", "--dry-run", "--outdir", "out") as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0, said
    with Miniflare(made / "out", {"compatibilityDate": "2026-07-01"}) as running:
        assert running.fetch("/").text == "Hello from Python!"
    with served(made) as url:
        assert httpx.get(url, trust_env=False, timeout=60).text == "Hello from Python!"
