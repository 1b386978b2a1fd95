"""`worker-build dev` as a process: it builds, serves, and follows what changes."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.miniflare, pytest.mark.slow]

PYPROJECT = """
[project]
name = "app"
version = "1"
requires-python = ">=3.12"
dependencies = ["worker"]
"""
WRANGLER = """
name = "app"
main = "build/index.js"
compatibility_date = "2026-04-01"
vars = { GREETING = "hello" }
"""
MAIN = """
from worker import Response, event

@event.fetch
async def fetch(req, env, ctx):
    print("a request")
    return Response.ok(env.var("GREETING") + " once")
"""


class Dev:
    """A running `worker-build dev --json`, and its events."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [
            sys.executable,
            "-m",
            "worker_build",
            "dev",
            str(folder),
            "--port",
            "0",
            "--json",
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.events.put(json.loads(line))

    def until(self, *types: str) -> list[dict[str, Any]]:
        """The events up to the first of one of these types."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["type"] not in types:
            found.append(self.events.get(timeout=120))
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        self.reader.join(10)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        return code


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.py").write_text(MAIN)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "wrangler.toml").write_text(WRANGLER)
    running = Dev(tmp_path)
    yield running
    if running.process.poll() is None:
        running.stop()


def test_dev_follows_the_sources_the_wrangler_file_and_mistakes(dev: Dev) -> None:
    begun = dev.until("serving", "error")
    assert [event["type"] for event in begun[-2:]] == ["built", "serving"]
    url = begun[-1]["url"]

    def text() -> str:
        return httpx.get(url, trust_env=False, timeout=30).text

    assert text() == "hello once"
    assert dev.until("log")[-1]["message"] == "a request"

    main = dev.folder / "src" / "main.py"
    main.write_text(MAIN.replace("once", "twice"))
    changed = dev.until("serving", "error")
    assert changed[-1]["type"] == "serving"
    url = changed[-1]["url"]
    assert text() == "hello twice"

    main.write_text(MAIN.replace("once", "broken") + "\nimport nothing_of_this_name\n")
    failed = dev.until("serving", "error")
    assert failed[-1]["code"] == "WB110"
    assert text() == "hello twice"

    main.write_text(MAIN.replace("once", "again"))
    url = dev.until("serving", "error")[-1]["url"]
    assert text() == "hello again"

    (dev.folder / "wrangler.toml").write_text(WRANGLER.replace("hello", "bye"))
    restarted = dev.until("serving", "error")
    assert not {"built", "step"} & {event["type"] for event in restarted}
    url = restarted[-1]["url"]
    assert text() == "bye again"

    assert dev.stop() == 130
