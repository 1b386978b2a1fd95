"""`worker-build build`: a project becomes a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from worker_build.cli import _options
from worker_build.cli._ui import Ui

if TYPE_CHECKING:
    from worker_build.report import Report

_MIB = 2**20


@click.command("build")
@_options.project_path
@click.option(
    "--release/--dev",
    default=True,
    help="Small and fast, or quick to build and easy to debug.  [default: release]",
)
@_options.wrangler_env
@_options.out_dir
@_options.command
def command(ui: Ui, path: Path, *, release: bool, env: str | None, out_dir: Path | None) -> None:
    """Build the project in PATH (here, when not given) into an ES-module worker."""
    from worker_build import pipeline

    report = pipeline.build(path, release=release, env=env, out_dir=out_dir, progress=ui.step)
    ui.end_step()
    for note in unbound_classes(path, env, report):
        ui.note(note)
    tell(ui, report)


def unbound_classes(path: Path, env: str | None, report: Report) -> list[str]:
    """Classes that the wrangler file does not know yet, each with what to add to it."""
    from worker_macros.problems import unbound

    from worker_build.miniflare import ConfigError, config
    from worker_build.stage import APP

    manifest = report.manifest
    if not manifest["objects"] and not manifest["workflows"]:
        return []
    try:
        read = config.read(path if path.is_dir() else path.parent, env)
    except (FileNotFoundError, ConfigError):
        return []  # A build needs no wrangler file; whoever serves the worker says what is wrong.
    return [
        f"{problem.what} ({problem.where.removeprefix(APP).lstrip('/')}): {problem.fix}"
        for problem in unbound(manifest, read.config)
    ]


def tell(ui: Ui, report: Report) -> None:
    """Tell what a build made: one line of result, the whole account with `-v` or `--json`."""
    from worker_build.report import LIMIT_BYTES

    ui.event(
        "built",
        out_dir=str(report.out_dir),
        size=report.size,
        limit=LIMIT_BYTES,
        compressed=report.compressed,
        files=[
            {"path": file.path, "size": file.size, "compressed": file.compressed}
            for file in report.files
        ],
        packages=dict(report.packages),
        seconds=dict(report.seconds),
        manifest=dict(report.manifest),
    )
    if ui.verbosity > 0:
        for file in report.files:
            ui.say(f"  {_mib(file.size)}  {_mib(file.compressed)} gzip  {file.path}")
        for name, size in report.packages.items():
            ui.say(f"  {_mib(size)}  {name}")
    ui.result(
        f"{_shown(report.out_dir)}: {report.size / _MIB:.1f} MiB of {LIMIT_BYTES // _MIB} MiB "
        f"({report.compressed / _MIB:.1f} MiB gzip), built in {sum(report.seconds.values()):.1f} s"
    )


def _mib(size: int) -> str:
    return f"{size / _MIB:8.3f} MiB"


def _shown(path: Path) -> str:
    """The path as the user would write it: relative where it is below the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
