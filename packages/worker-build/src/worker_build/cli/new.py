"""`worker-build new`: a project from a template."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from worker_build.cli import _options
from worker_build.cli._ui import Ui


class _Template(click.ParamType[str]):
    """The name of a template; a wrong one gets a suggestion."""

    name = "template"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        from worker_build.new import TEMPLATES

        known = list(TEMPLATES)
        if value in known:
            return str(value)
        close = difflib.get_close_matches(str(value), known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are {', '.join(known)}."
        return self.fail(f"no template {value!r}. {hint}", param, ctx)


@click.command("new")
@click.argument("folder", metavar="NAME", type=click.Path(path_type=Path))
@click.option(
    "--template",
    "-t",
    type=_Template(),
    default="hello-world",
    metavar="TEMPLATE",
    help="hello-world, router, fastapi, durable-object, queue or d1.  [default: hello-world]",
)
@_options.command
def command(ui: Ui, folder: Path, *, template: str) -> None:
    """Make a project in the new folder NAME, with code, a wrangler file and a test."""
    from worker_build.new import create

    files = create(folder, template)
    ui.event("created", files=[str(path) for path in files])
    for path in files:
        ui.result(str(path))
    ui.say(f"Next:  cd {folder} && worker-build dev")
