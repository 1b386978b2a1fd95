"""pyodide-build as a subprocess, with the cross-build environment of the Pyodide pinned here.

Three pieces make a compiler for a worker: the tool itself, on a Python of the target's minor
version; Pyodide's headers and settings (`pyodide xbuildenv install`); and Emscripten
(`pyodide xbuildenv install-emscripten`). The tool is the user's to install; the others are
installed by it where a network allows.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click

from worker_build import toolchain
from worker_build.packages.target import ENVIRONMENT

__all__ = ["LackingError", "ready", "run", "setting", "version"]

_PYTHON: Final = ENVIRONMENT["python_version"]
_TOOL: Final = f"uv tool install --python {_PYTHON} --with pyodide-build pyodide-cli"
_SETTINGS: Final = "pyodide xbuildenv install {version}"
_EMSCRIPTEN: Final = "pyodide xbuildenv install-emscripten"


class LackingError(Exception):
    """A piece of the compiler is not here, and could not be fetched.

    Args:
        piece: which, and why, one sentence without a full stop.
        commands: what to run, in order.

    Attributes:
        lines: all of it, for people.
    """

    def __init__(self, piece: str, *commands: str) -> None:
        super().__init__(piece)
        self.lines = (f"{piece}; run:", *(f"  {command}" for command in commands))


def version() -> str:
    """Return the version of the cross-build environment: that of Pyodide, as pinned."""
    return toolchain.pinned_versions()["pyodide"]


def ready(say: Callable[[str], object]) -> Path:
    """Return the `pyodide` command, its environment installed now where that was not done before.

    Args:
        say: told in one line what is being installed.

    Raises:
        LackingError: a piece is not here.
    """
    tool = _tool()
    _settings(tool, say)
    if shutil.which("emcc") is None:
        say(f"installing Emscripten {ENVIRONMENT['platform_release']}, which may take minutes")
        _emscripten(tool)
    return tool


def setting(tool: Path, name: str) -> str:
    """Return what the cross-build environment sets, as `pyodide config get` names it.

    Raises:
        LackingError: the environment is damaged.
    """
    done = run(tool, "config", "get", name)
    if done.returncode != 0:
        raise LackingError(
            f"the cross-build environment {version()} is damaged: {_last(done.stdout)}",
            "pyodide xbuildenv uninstall",
            _SETTINGS.format(version=version()),
        )
    return done.stdout.strip()


def run(
    tool: Path, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `pyodide`, whose output and errors come back as one text in `stdout`.

    Args:
        tool: the command.
        args: its arguments.
        cwd: the folder to run in: a `pyproject.toml` in or above it may configure the tool.
        env: variables that are set over those of this process.
    """
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **(env or {})}
    # It calls `wheel`, which is beside it, also where only a link to it is on the PATH.
    path = (str(tool.resolve().parent), os.environ.get("PATH", ""))
    environment["PATH"] = os.pathsep.join(filter(None, path))
    # Set inside of Pyodide's own tree, it would stand for the environment whose version counts.
    environment.pop("PYODIDE_ROOT", None)
    done = subprocess.run(
        [str(tool), *args],
        check=False,
        cwd=cwd or tempfile.gettempdir(),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    # Some of its lines are coloured whatever is asked for.
    done.stdout = click.unstyle(done.stdout)
    return done


def _tool() -> Path:
    """The first `pyodide` that can build for a worker: beside this Python, or on the PATH."""
    folders = (str(Path(sys.executable).parent), os.environ.get("PATH", ""))
    found = dict.fromkeys(filter(None, (shutil.which("pyodide", path=each) for each in folders)))
    troubles: list[str] = []
    for tool in map(Path, found):
        trouble = _trouble(tool)
        if trouble is None:
            return tool
        troubles.append(f"{tool} {trouble}")
    raise LackingError(
        "; ".join(troubles) or f"pyodide-build is not installed (it needs Python {_PYTHON})",
        _TOOL,
        _SETTINGS.format(version=version()),
        _EMSCRIPTEN,
    )


def _trouble(tool: Path) -> str | None:
    """Why a `pyodide` cannot build for a worker, or None when it can.

    pyodide-build takes only environments made for its own minor version of Python. It has no
    command that tells which that is, but it tells which environments of a list would do.
    """
    release = {
        "version": version(),
        "url": "",
        "python_version": ENVIRONMENT["python_full_version"],
        "emscripten_version": ENVIRONMENT["platform_release"],
    }
    with tempfile.TemporaryDirectory(prefix="worker-build-") as room:
        metadata = Path(room) / "metadata.json"
        metadata.write_text(json.dumps({"releases": {version(): release}}), "utf-8")
        done = run(tool, "xbuildenv", "search", "--json", f"--metadata={metadata}")
    if done.returncode == 0:
        return None
    if "No compatible cross-build environment" in done.stdout:
        return f"runs on another Python than {_PYTHON}, which it would have to build for a worker"
    return f"is of no use: {_last(done.stdout)}"


def _settings(tool: Path, say: Callable[[str], object]) -> None:
    found = run(tool, "xbuildenv", "version")
    current = found.stdout.strip() if found.returncode == 0 else None
    if current == version():
        return
    commands = (_SETTINGS.format(version=version()), _EMSCRIPTEN)
    if current is not None:
        # To select another one is the user's to do: it changes their other builds.
        raise LackingError(
            f"pyodide-build uses the cross-build environment {current}, a worker needs {version()}",
            *commands,
        )
    say(f"installing the cross-build environment {version()}")
    done = run(tool, "xbuildenv", "install", version())
    if done.returncode != 0:
        raise LackingError(
            f"the cross-build environment {version()} cannot be installed from pyodide.github.io "
            f"and github.com: {_last(done.stdout)}",
            *commands,
        )


def _emscripten(tool: Path) -> None:
    done = run(tool, "xbuildenv", "install-emscripten")
    if done.returncode != 0:
        raise LackingError(
            f"Emscripten {ENVIRONMENT['platform_release']} cannot be installed from github.com "
            f"and storage.googleapis.com: {_last(done.stdout)}",
            _EMSCRIPTEN,
        )


def _last(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it says nothing"
