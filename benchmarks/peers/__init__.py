"""Those that we are compared with, beside a worker in plain JavaScript.

A peer that cannot run here is left out, and the reason is printed and kept; nothing is estimated.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from worker_build import _npm, toolchain
from worker_build.errors import BuildError
from worker_build.toolchain import Toolchain

from benchmarks import workerd

HERE = Path(__file__).parent
HONO, SDK, LOAD_PYODIDE = "hono", "workers-runtime-sdk", "loadPyodide"
_PINNED = ("package.json", "package-lock.json")


class LeftOutError(Exception):
    """A peer cannot run here; the message is why."""


def versions() -> dict[str, str]:
    """Of the peers that are pinned."""
    pinned: dict[str, str] = json.loads((HERE / "npm/package.json").read_bytes())["dependencies"]
    project = tomllib.loads((workerd.PROJECTS / "sdk/pyproject.toml").read_text("utf-8"))
    required = (one.partition("==") for one in project["project"]["dependencies"])
    return {**pinned, **{name: version for name, _, version in required if version}}


def tried[T](
    makers: Mapping[str, Callable[[], T]],
) -> tuple[dict[str, T], dict[str, str]]:
    """The peers that could be made, and why the others could not."""
    made: dict[str, T] = {}
    left_out: dict[str, str] = {}
    for name, make in makers.items():
        try:
            made[name] = make()
        except LeftOutError as reason:
            left_out[name] = str(reason)
    return made, left_out


def hono(tools: Toolchain, folder: Path) -> dict[str, Path]:
    """The worker of `http` with Hono from npm, bundled by esbuild into one module."""
    entry, out = folder / "hono-entry.mjs", folder / "hono.mjs"
    shutil.copyfile(HERE / "hono.mjs", entry)
    esbuild = tools.package("esbuild") / "bin/esbuild"
    options = ["--bundle", "--format=esm", "--minify", f"--outfile={out}"]
    environment = {**os.environ, "NODE_PATH": str(_packages() / "node_modules")}
    command = [tools.node, esbuild, entry, *options]
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
    except subprocess.CalledProcessError as error:
        raise LeftOutError(error.stderr.decode("utf-8", "replace").strip()[:200]) from error
    return {out.name: out}


def sdk(folder: Path) -> dict[str, Path]:
    """The worker of `http` and `bindings` with the PyPI package, built by our own build."""
    return workerd.bundle(_sdk(folder))


def sdk_folder(folder: Path) -> Path:
    """The same, as the build folder that Miniflare takes."""
    return _sdk(folder).out_dir


def _sdk(folder: Path) -> workerd.Report:
    try:
        return workerd.project("sdk", folder / "sdk")
    except BuildError as error:
        raise LeftOutError(f"it could not be built: {error.what}") from error


def load_pyodide(tools: Toolchain) -> dict[str, Path]:
    """Pyodide's own loader in workerd; it imports the interpreter's glue from an address."""
    pyodide = tools.package("pyodide")
    names = ("pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
    return {
        "loadpyodide.mjs": HERE / "loadpyodide.mjs",
        "http://pyodide/pyodide.asm.mjs": pyodide / "pyodide.asm.mjs",
        **{name: pyodide / name for name in names},
    }


def _packages() -> Path:
    """The pinned npm packages, installed once into the cache of worker-build."""
    content = b"".join((HERE / "npm" / name).read_bytes() for name in _PINNED)
    key = hashlib.sha256(content).hexdigest()[:16]
    home = toolchain.cache_dir() / "benchmarks" / key
    if home.is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=home.parent))
    try:
        for name in _PINNED:
            shutil.copyfile(HERE / "npm" / name, aside / name)
        _npm.ci(aside, lambda _line: None)
        aside.rename(home)
    except BuildError as error:
        raise LeftOutError(f"it could not be installed: {error.what}") from error
    except OSError:
        if not home.is_dir():  # else another run was faster
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return home
