"""Wheels of C and Rust, compiled here by pyodide-build from source archives and folders."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import filelock
from packaging.utils import parse_wheel_filename

from worker_build.errors import BuildError
from worker_build.packages import build, crossbuild, store
from worker_build.packages.crossbuild import LackingError
from worker_build.packages.missing import Missing
from worker_build.packages.select import Wheel
from worker_build.packages.target import fits
from worker_build.toolchain import cache_dir

__all__ = ["Say", "audit", "silent", "supply"]

Say = Callable[[str], object]
"""Takes one short line for people."""

NOTE: Final = "compiled from its source by pyodide-build"

_RUSTUP: Final = (
    'rustup toolchain install "$(pyodide config get rust_toolchain)" '
    "--target wasm32-unknown-emscripten"
)


def silent(_line: str) -> None:
    """Nobody listens."""


def supply(missing: Sequence[Missing], say: Say = silent) -> tuple[list[Wheel], list[Missing]]:
    """Compile the packages that are missing, when all of them have a source.

    Args:
        missing: packages without a wheel for a worker.
        say: told what takes long, before and after it.

    Returns:
        The wheels, and the packages that are missing still: all, with the piece of the compiler
        that is lacking, or none.

    Raises:
        BuildError: WB406 when a package does not compile, WB409 when what comes out does not fit
            a worker.
    """
    sources = [(item, item.source) for item in missing if item.source is not None]
    if len(sources) < len(missing):
        return [], list(missing)
    try:
        return [
            Wheel(item.package, _wheel(item.label, source, say), item.folder, note=NOTE)
            for item, source in sources
        ], []
    except LackingError as lacking:
        return [], [replace(item, lacking=lacking.lines) for item in missing]


def audit(tool: Path, wheel: Path) -> None:
    """Look with `pyodide auditwheel` whether a compiled wheel can be loaded in a worker.

    Args:
        tool: the `pyodide` command.
        wheel: what it built.

    Raises:
        BuildError: WB409 when it is for another platform, holds what is no side module, or needs
            a shared library that it does not bring.
    """
    if not fits(parse_wheel_filename(wheel.name)[3]):
        raise _unfit(wheel, "it is for another platform")
    if wheel.name.endswith("-any.whl"):
        return
    done = crossbuild.run(tool, "auditwheel", "show", str(wheel))
    lines = done.stdout.splitlines()
    if done.returncode != 0:
        raise _unfit(wheel, "`pyodide auditwheel show` refuses it", lines[-20:])
    needed = {line.strip() for line in lines if line.startswith("\t") and "=>" not in line}
    if needed:
        raise _unfit(
            wheel, f"it needs shared libraries that it does not bring: {', '.join(sorted(needed))}"
        )


def _wheel(label: str, source: Path, say: Say) -> Path:
    """The wheel of a source: compiled once, then taken from the cache."""
    content = build.content_of(source) if source.is_dir() else store.sha256(source)
    key = hashlib.sha256(f"{content}\0{crossbuild.version()}".encode()).hexdigest()

    def fill(aside: Path) -> None:
        # One compiler at a time: it is installed once, and takes all cores.
        with filelock.FileLock(cache_dir() / "crossbuild.lock"):
            _compile(label, source, aside, say)

    return build.kept("compiled", key, fill)


def _compile(label: str, source: Path, out: Path, say: Say) -> None:
    with tempfile.TemporaryDirectory(prefix="worker-build-") as room:
        folder = _room(source, Path(room))
        tool = crossbuild.ready(say)
        env = {"SOURCE_DATE_EPOCH": build.EPOCH}
        if next(folder.rglob("Cargo.toml"), None) is not None:
            env["RUSTUP_TOOLCHAIN"] = _rust(tool)
        say(f"compiling {label} with pyodide-build, which may take minutes")
        begun = time.monotonic()
        done = crossbuild.run(tool, "build", f"--outdir={out}", str(folder), cwd=folder, env=env)
    wheel = next(out.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        raise BuildError(
            "WB406",
            f"{label} cannot be compiled for a worker",
            str(source) if source.is_dir() else source.name,
            "correct what `pyodide build` says, or depend on a version that has a wheel",
            details=done.stdout.splitlines()[-20:],
        )
    audit(tool, wheel)
    say(f"compiled {label} in {time.monotonic() - begun:.0f} s; it stays in the cache")


def _room(source: Path, room: Path) -> Path:
    """A folder with the source, which a build may write into."""
    if source.is_dir():
        return build.copy(source, room / source.name)
    shutil.unpack_archive(source, room, filter=None if source.suffix == ".zip" else "data")
    children = list(room.iterdir())
    return children[0] if len(children) == 1 else room


def _rust(tool: Path) -> str:
    """The Rust that the cross-build environment is made for, as rustup names it."""
    if shutil.which("rustup") is None:
        raise LackingError("Rust is not installed: get rustup from https://rustup.rs", _RUSTUP)
    return crossbuild.setting(tool, "rust_toolchain")


def _unfit(wheel: Path, why: str, details: Sequence[str] = ()) -> BuildError:
    return BuildError(
        "WB409",
        f"{wheel.name}, compiled here, cannot be loaded in a worker: {why}",
        fix="depend on a version that has a wheel, or tell the package's authors: a worker takes "
        "extension modules with everything linked into them",
        details=details,
    )
