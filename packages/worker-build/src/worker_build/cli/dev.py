"""`worker-build dev`: build, serve with Miniflare, rebuild and reload on every change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from worker_build.cli import _options
from worker_build.cli._account import tell
from worker_build.cli._ui import Ui
from worker_build.errors import BuildError

if TYPE_CHECKING:
    from worker_build.miniflare import LogLine
    from worker_build.report import Report


@click.command("dev")
@_options.project_path
@click.option(
    "--dev/--release",
    "dev",
    default=True,
    help="Quick to build and easy to debug, or small and fast.  [default: dev]",
)
@_options.wrangler_env
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port on 127.0.0.1; 0 for a free one. When not given: 8787, or a free one if taken.",
)
@click.option(
    "--persist/--no-persist",
    default=True,
    help="Keep what the worker stores in .wrangler/state.  [default: persist]",
)
@_options.command
def command(
    ui: Ui, path: Path, *, dev: bool, env: str | None, port: int | None, persist: bool
) -> None:
    """Build the project in PATH, serve it with Miniflare, and do both again on every change.

    Ctrl-C ends it. A build that fails is told, and the last good one goes on serving.
    """
    from worker_build import serve

    server = serve.DevServer(path, _Told(ui), release=not dev, env=env, port=port, persist=persist)
    try:
        with serve.changes(server.project) as next_change:
            if server.build():
                server.serve()
            while True:
                server.update(next_change())
    finally:
        server.close()


class _Told:
    """What happens while serving, told to people or as events."""

    def __init__(self, ui: Ui) -> None:
        self._ui = ui

    def step(self, step: str, message: str) -> None:
        self._ui.step(step, message)

    def built(self, report: Report) -> None:
        self._ui.end_step()
        tell(self._ui, report)

    def serving(self, url: str) -> None:
        self._ui.event("serving", url=url)
        self._ui.result(f"serving at {url}")

    def failed(self, error: BuildError) -> None:
        self._ui.error(error)

    def logged(self, line: LogLine) -> None:
        self._ui.log(line.level, line.message)
