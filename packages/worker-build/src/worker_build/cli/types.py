"""`worker-build types`: a class for the project's env, from its wrangler file."""

from __future__ import annotations

from pathlib import Path

import click

from worker_build.cli import _options
from worker_build.cli._ui import Ui


@click.command("types")
@_options.project_path
@_options.wrangler_env
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it goes; `worker_env.py` in the project's first source folder when not given.",
)
@click.option("--check", is_flag=True, help="Write nothing; fail when the file is out of date.")
@_options.command
def command(ui: Ui, path: Path, *, env: str | None, output: Path | None, check: bool) -> None:
    """Write a typed Env class for the bindings of the wrangler file of the project in PATH."""
    from worker_build import env_types

    file = env_types.write(path, env=env, output=output, check=check)
    ui.event("created", files=[] if check else [str(file)])
    ui.result(f"{file} is up to date" if check else str(file))
