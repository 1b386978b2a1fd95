"""Wheels of C and Rust, compiled here from source archives by pyodide-build."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import filelock
from packaging.pylock import Package
from packaging.utils import parse_wheel_filename

from worker_build.errors import BuildError
from worker_build.packages import build, crossbuild, store
from worker_build.packages.crossbuild import LackingError
from worker_build.packages.missing import Missing
from worker_build.packages.select import Wheel
from worker_build.packages.target import fits
from worker_build.toolchain import cache_dir

__all__ = ["audit", "supply"]

NOTE: Final = "compiled from its source by pyodide-build"

_RUSTUP: Final = (
    'rustup toolchain install "$(pyodide config get rust_toolchain)" '
    "--target wasm32-unknown-emscripten"
)


def supply(missing: Sequence[Missing]) -> tuple[list[Wheel], list[Missing]]:
    """Compile the packages that are missing, when all of them have a source archive.

    Args:
        missing: packages without a wheel for a worker.

    Returns:
        The wheels, and the packages that are missing still: all, with the piece of the compiler
        that is lacking, or none.

    Raises:
        BuildError: WB406 when a package does not compile, WB409 when what comes out does not fit
            a worker.
    """
    sources = [(item.package, item.sdist) for item in missing if item.sdist is not None]
    if len(sources) < len(missing):
        return [], list(missing)
    try:
        return [Wheel(each, _wheel(each, sdist), note=NOTE) for each, sdist in sources], []
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


def _wheel(package: Package, sdist: Path) -> Path:
    """The wheel of a source archive: compiled once, then taken from the cache."""
    source = store.sha256(sdist)
    key = hashlib.sha256(f"{source}\0{crossbuild.version()}".encode()).hexdigest()
    label = f"{package.name} {package.version}"

    def fill(aside: Path) -> None:
        # One compiler at a time: it is installed once, and takes all cores.
        with filelock.FileLock(cache_dir() / "crossbuild.lock"):
            _compile(sdist, aside, label)

    return build.kept("compiled", key, fill)


def _compile(sdist: Path, out: Path, label: str) -> None:
    with tempfile.TemporaryDirectory(prefix="worker-build-") as room:
        folder = _unpacked(sdist, Path(room))
        tool = crossbuild.ready()
        env = {"SOURCE_DATE_EPOCH": build.EPOCH}
        if next(folder.rglob("Cargo.toml"), None) is not None:
            env["RUSTUP_TOOLCHAIN"] = _rust(tool)
        done = crossbuild.run(tool, "build", f"--outdir={out}", str(folder), cwd=folder, env=env)
    wheel = next(out.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        raise BuildError(
            "WB406",
            f"{label} cannot be compiled for a worker",
            sdist.name,
            "correct what `pyodide build` says, or depend on a version that has a wheel",
            details=done.stdout.splitlines()[-20:],
        )
    audit(tool, wheel)


def _unpacked(sdist: Path, room: Path) -> Path:
    """The folder of the project in an archive."""
    shutil.unpack_archive(sdist, room, filter=None if sdist.suffix == ".zip" else "data")
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
