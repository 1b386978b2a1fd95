"""`worker-build clean`: remove what builds made."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from worker_build.cli import _options
from worker_build.cli._ui import Ui
from worker_build.errors import BuildError


@click.command("clean")
@_options.project_path
@click.option("--state", is_flag=True, help="Also what the worker stored while `dev` served it.")
@click.option("--cache", is_flag=True, help="Also the user's cache: the toolchain and packages.")
@_options.out_dir
@_options.command
def command(ui: Ui, path: Path, *, state: bool, cache: bool, out_dir: Path | None) -> None:
    """Remove the bundle of the project in PATH; what no build made is never touched."""
    from worker_build import toolchain

    path = path.absolute()
    found = [_bundle(path, out_dir, needed=not cache)]
    if state:
        found.append(path / ".wrangler" / "state")
    if cache:
        # The folder itself may be the user's own choice, with more in it.
        found.extend(toolchain.cache_dir() / part for part in ("toolchain", "packages"))
    there = [place for place in found if place is not None and place.exists()]
    size = sum(_size(place) for place in there)
    for place in there:
        _remove(place)
    ui.event("removed", files=[str(place) for place in there], size=size)
    for place in there:
        ui.result(f"removed {place}")
    ui.say(f"{size / 2**20:.1f} MiB freed" if there else "nothing to remove")


def _bundle(path: Path, out_dir: Path | None, *, needed: bool) -> Path | None:
    """The bundle's folder; only one that a build made, or nothing with `--cache` elsewhere."""
    from worker_build import link, project

    if out_dir is None:
        try:
            out_dir = project.load(path).out_dir
        except BuildError:
            if needed:
                raise
            return None
    if out_dir.exists() and not link.is_bundle(out_dir):
        raise BuildError(
            "WB120",
            "the output folder holds something that is not a bundle",
            str(out_dir),
            "remove it yourself if it is not needed",
        )
    return out_dir


def _size(place: Path) -> int:
    return sum(path.lstat().st_size for path in place.rglob("*") if not path.is_dir())


def _remove(place: Path) -> None:
    try:
        shutil.rmtree(place)
    except OSError as error:
        raise BuildError(
            "WB120",
            f"the folder cannot be removed: {error.strerror}",
            str(place),
            "check who owns it, and whether something still uses it",
        ) from error
