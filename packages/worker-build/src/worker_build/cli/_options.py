"""What all commands share: their options, and what becomes of an exception."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import click

from worker_build.cli._ui import Ui
from worker_build.errors import BuildError

P = ParamSpec("P")

project_path = click.argument(
    "path",
    type=click.Path(exists=True, path_type=Path),
    default=Path(),
    metavar="[PATH]",
)
wrangler_env = click.option(
    "--env",
    metavar="NAME",
    envvar="CLOUDFLARE_ENV",
    show_envvar=True,
    help="Environment of the wrangler file; the top level when not given.",
)
out_dir = click.option(
    "--out-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where the bundle goes; `build` in the project when not given.",
)


def command(
    run: Callable[Concatenate[Ui, P], int | None],
) -> Callable[P, int]:
    """Give a command `-v`, `-q` and `--json`, and turn what it raises into an exit code.

    The function gets a `Ui` first. Apply this below the command's own options.
    """

    @click.option("-v", "--verbose", count=True, help="Tell more; twice for tracebacks of ours.")
    @click.option("-q", "--quiet", count=True, help="Tell errors only.")
    @click.option("--json", "as_json", is_flag=True, help="Write one JSON event a line to stdout.")
    @functools.wraps(run)
    def wrapped(*args: Any, verbose: int, quiet: int, as_json: bool, **options: Any) -> int:
        ui = Ui(verbose - quiet, as_json=as_json)
        try:
            with ui:
                return run(ui, *args, **options) or 0
        except BuildError as error:
            ui.error(error)
        except (click.ClickException, click.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence
            ui.error(_ours(error))
            if ui.verbosity > 1:
                click.echo(traceback.format_exc(), err=True)
        return 1

    return wrapped


def _ours(error: Exception) -> BuildError:
    """An exception that no part of the build foresaw is our fault, and says so."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return BuildError(
        "WB900",
        f"worker-build failed: {type(error).__name__}: {error}",
        f"{Path(frame.filename).name}:{frame.lineno}",
        "this is a bug of ours: run again with -vv and report what it prints",
    )
