"""`worker-build types`: a class for the project's env, or clients for another project's classes."""

from __future__ import annotations

from pathlib import Path

import click

from worker_build.cli import _options
from worker_build.cli._ui import Ui


@click.command("types")
@_options.project_path
@_options.wrangler_env
@click.option(
    "--from",
    "other",
    type=click.Path(exists=True, path_type=Path),
    metavar="OTHER",
    help="Write clients for the Durable Objects and entry points of OTHER, a project that has been "
    "built, instead.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it goes; `worker_env.py`, or `{other}_client.py`, in the project's first source "
    "folder when not given.",
)
@click.option("--check", is_flag=True, help="Write nothing; fail when the file is out of date.")
@_options.command
def command(
    ui: Ui, path: Path, *, env: str | None, other: Path | None, output: Path | None, check: bool
) -> None:
    """Write a typed Env class for the bindings of the wrangler file of the project in PATH."""
    from worker_build import client_types, env_types

    if other is None:
        file = env_types.write(path, env=env, output=output, check=check)
    else:
        file = client_types.write(path, other, output=output, check=check)
    ui.event("created", files=[] if check else [str(file)])
    ui.result(f"{file} is up to date" if check else str(file))
