"""A browser, driven over the protocol of its developer tools."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-port=0",
)  # fmt: skip
PATIENCE = 60.0


class Page:
    """One tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)

    def call(self, method: str, **params: Any) -> Any:
        """Send a command, and wait for its result."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self._connection.recv(timeout=PATIENCE))
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript, in the page."""
        told = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def until(self, script: str, wanted: Any = True) -> Any:
        """Ask again until the expression has that value; the last value that it had."""
        deadline = time.monotonic() + PATIENCE
        while (value := self.run(script)) != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        return value


class Browser:
    """A browser that runs."""

    def __init__(self, port: int, closing: contextlib.ExitStack) -> None:
        self._port = port
        self._closing = closing

    def open(self, url: str) -> Page:
        """A new tab, its page loaded."""
        opened = httpx.put(f"http://127.0.0.1:{self._port}/json/new?about:blank", timeout=PATIENCE)
        address = opened.json()["webSocketDebuggerUrl"]
        page = Page(self._closing.enter_context(connect(address, max_size=None)))
        page.call("Page.enable")
        page.call("Page.navigate", url=url)
        loaded = f"document.readyState === 'complete' && location.href === {json.dumps(url)}"
        assert page.until(loaded)
        return page


@contextlib.contextmanager
def browser(profile: Path) -> Generator[Browser]:
    """Run chromium with a new profile; skip the test where it is not installed, but in CI."""
    program = shutil.which("chromium")
    if program is None:
        missing = "chromium is not installed (Debian's package `chromium`)"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    command = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with contextlib.ExitStack() as closing:
            yield Browser(_port(profile, process), closing)
    finally:
        process.kill()
        process.wait()


def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    """Where it listens: it says so in a file."""
    file = profile / "DevToolsActivePort"
    deadline = time.monotonic() + PATIENCE
    while not file.exists() or not file.read_text().strip():
        assert process.poll() is None, "chromium has ended"
        assert time.monotonic() < deadline, "chromium does not listen"
        time.sleep(0.05)
    return int(file.read_text().split()[0])
