"""How a command talks: progress and errors to stderr, results to stdout, or events as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import click

from worker_build.cli.events import VERSION
from worker_build.errors import BuildError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

_LEVELS = {"error": "red", "warn": "yellow", "debug": "bright_black"}


class Ui:
    """The voice of one run of a command; a context manager that ends its live line.

    On a terminal the running step is one live line; elsewhere each step is a plain line.
    `NO_COLOR` and `FORCE_COLOR` are respected.

    Args:
        verbosity: -1 and less for errors only, 0 as usual, 1 and more for more.
        as_json: whether stdout gets events instead of text.
    """

    def __init__(self, verbosity: int = 0, *, as_json: bool = False) -> None:
        self.verbosity = verbosity
        self.as_json = as_json
        self._console: Console | None = None
        self._status: Status | None = None
        self._step = ""
        self._begun = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end_step()

    @property
    def console(self) -> Console:
        """The rich console on stderr."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        return self._console

    def step(self, step: str, message: str) -> None:
        """Say what a step does; this is the build's progress callback."""
        self.event("step", step=step, message=message)
        if self.verbosity < 0 or self.as_json:
            return
        if step != self._step:
            self.end_step()
            self._step, self._begun = step, time.monotonic()
        line = f"{step}: {message}"
        if not self.console.is_terminal:
            click.echo(line, err=True)
        elif self._status is None:
            self._status = self.console.status(line)
            self._status.start()
        else:
            self._status.update(line)

    def end_step(self) -> None:
        """Take the live line away; with `-v` the step and its time stay."""
        if self._status is not None:
            self._status.stop()
            self._status = None
        if self._step and self.verbosity > 0 and not self.as_json:
            click.echo(f"{self._step}: {time.monotonic() - self._begun:.2f} s", err=True)
        self._step = ""

    def say(self, text: str, *, style: str | None = None) -> None:
        """Tell people something on stderr; not with `--quiet`."""
        if self.verbosity >= 0 and not self.as_json:
            self.console.print(text, style=style, markup=False)

    def note(self, message: str) -> None:
        """Tell something worth knowing, in every form of output."""
        self.event("note", message=message)
        self.say(message, style="yellow")

    def result(self, text: str) -> None:
        """Write a line of the result to stdout; events carry it otherwise."""
        if not self.as_json:
            click.echo(text)

    def event(self, type: str, **fields: Any) -> None:
        """Write an event to stdout, with `--json` only."""
        if self.as_json:
            data: Mapping[str, Any] = {
                "type": type,
                "version": VERSION,
                "time": time.time(),
                **fields,
            }
            click.echo(json.dumps(data))
            sys.stdout.flush()

    def log(self, level: str, message: str) -> None:
        """Show a line of the worker's console, in the colour of its level."""
        self.event("log", level=level, message=message)
        if not self.as_json and (self.verbosity >= 0 or level == "error"):
            self.console.print(message, style=_LEVELS.get(level), markup=False)

    def error(self, error: BuildError) -> None:
        """Show what stopped the build: what, where, and how to fix it."""
        self.end_step()
        self.event("error", **error.as_dict())
        if self.as_json:
            return
        first, _, rest = str(error).partition("\n")
        self.console.print(first, style="bold red", markup=False)
        if rest:
            self.console.print(rest, markup=False)
