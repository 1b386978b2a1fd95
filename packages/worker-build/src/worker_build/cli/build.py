"""`worker-build build`: a project becomes a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from worker_build.cli import _options
from worker_build.cli._account import tell
from worker_build.cli._ui import Ui

if TYPE_CHECKING:
    from worker_build.report import Report


@click.command("build")
@_options.project_path
@click.option(
    "--release/--dev",
    default=True,
    help="Small and fast, or quick to build and easy to debug.  [default: release]",
)
@_options.wrangler_env
@_options.out_dir
@click.option(
    "--strict", is_flag=True, help="Fail when the start is clearly over the platform's limit."
)
@_options.command
def command(
    ui: Ui, path: Path, *, release: bool, env: str | None, out_dir: Path | None, strict: bool
) -> None:
    """Build the project in PATH (here, when not given) into an ES-module worker."""
    from worker_build import pipeline

    report = pipeline.build(
        path, release=release, env=env, out_dir=out_dir, strict=strict, progress=ui.step
    )
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
