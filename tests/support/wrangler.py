"""The pinned wrangler, run on a project without a network, without an account."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from worker_build import toolchain
from worker_build.serve import free_port


def start(project: Path, *args: str) -> subprocess.Popen[str]:
    """Start a command of wrangler in the project's folder; both its outputs are one pipe."""
    tools = toolchain.install()
    script = tools.package("wrangler") / "bin" / "wrangler.js"
    env = {
        **{key: value for key, value in os.environ.items() if "PROXY" not in key.upper()},
        "HOME": str(project),
        # The project's `[build] command` is `worker-build`; its caches stay the user's.
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


def deploy(project: Path, outdir: str) -> str:
    """`wrangler deploy --dry-run` into a folder of the project; what it said."""
    with start(project, "deploy", "--dry-run", "--outdir", outdir) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0, said
    return said


@contextlib.contextmanager
def served(project: Path) -> Iterator[str]:
    """`wrangler dev` on a project; gives its address."""
    port = free_port(None) or 8788
    process = start(project, "dev", "--port", str(port), "--ip", "127.0.0.1")
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
