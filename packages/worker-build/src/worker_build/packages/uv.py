"""uv as a subprocess: it resolves, locks and builds; its configuration is the user's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from worker_build.errors import BuildError

__all__ = ["Answer", "UvError", "binary", "run", "version"]

_NETWORK = ("dns error", "client error (Connect)", "operation timed out")


_CALLERS = frozenset(
    {
        "VIRTUAL_ENV",
        "UV_FROZEN",
        "UV_LOCKED",
        "UV_PROJECT",
        "UV_WORKING_DIR",
        "UV_WORKING_DIRECTORY",
    }
)
"""What a surrounding `uv run` or CI job says about itself, and not about the project built here."""


class UvError(Exception):
    """uv ended with an error; the text is what it wrote about it.

    Attributes:
        network: whether it is that no network could be reached.
    """

    network = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What uv wrote to its standard output, and whether it had to do without a network."""

    text: str
    offline: bool


def run(*args: str, cwd: Path, env: Mapping[str, str] | None = None, text: str = "") -> Answer:
    """Run uv, and once more from its cache alone when no network can be reached.

    Args:
        args: its arguments; the Python is this one, and none is ever downloaded.
        cwd: the folder to run in.
        env: variables that are set over those of this process.
        text: what it reads on its standard input.

    Raises:
        UvError: uv refused, or the network and the cache together do not have what it needs.
        BuildError: WB310 when there is no uv.
    """
    command = [binary(), *args, "--python", sys.executable]
    done = _run(command, cwd, env or {}, text)
    if done.returncode == 0:
        return Answer(done.stdout, offline=False)
    error = UvError(done.stderr.strip())
    error.network = any(sign in done.stderr for sign in _NETWORK)
    if error.network:
        done = _run([*command, "--offline"], cwd, env or {}, text)
        if done.returncode == 0:
            return Answer(done.stdout, offline=True)
    # Where the cache did not do either, the network's own words stand.
    raise error


@cache
def version() -> str:
    """Return uv's own version line: part of the key of whatever is made by it."""
    return subprocess.run(
        [binary(), "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()


def _run(
    command: list[str], cwd: Path, env: Mapping[str, str], text: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        cwd=cwd,
        env=_environment(env),
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    environment = {
        **os.environ,
        "NO_COLOR": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        **more,
    }
    return {name: value for name, value in environment.items() if name not in _CALLERS}


def binary() -> str:
    """Return the path of the uv that came with worker-build."""
    from uv import find_uv_bin

    try:
        return find_uv_bin()
    except FileNotFoundError as error:
        raise BuildError(
            "WB310",
            f"uv is missing: {error}",
            fix="install worker-build again: `pip install --force-reinstall uv`",
        ) from None
