"""The group of commands, and how each way to end becomes an exit code."""

from __future__ import annotations

import difflib
import importlib
import sys
from importlib import metadata
from pathlib import Path

import click

_COMMANDS = ("build", "dev", "new", "types", "clean", "doctor")
_DEFAULT = "build"
_WITH_VALUE = frozenset({"--env", "--out-dir", "--port", "--template", "-t", "--output", "--from"})
INTERRUPTED = 130


class Commands(click.Group):
    """Commands that are imported when they are asked for; `build` when none is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a user meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in _COMMANDS:
            return None
        return importlib.import_module(f"worker_build.cli.{cmd_name}").command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the command: it may stand after options, or be left out."""
        return super().parse_args(ctx, _with_command(ctx, args))


def _with_command(ctx: click.Context, args: list[str]) -> list[str]:
    if args and args[0] in {"-h", "--help", "--version"}:
        return args
    if args and args[0] == "help":
        return [*args[1:2], "--help"]
    place = _first_word(args)
    if place is None:
        return [_DEFAULT, *args]
    word = args[place]
    if word in _COMMANDS:
        return [word, *args[:place], *args[place + 1 :]]
    if word.startswith((".", "~")) or "/" in word or "\\" in word or Path(word).exists():
        return [_DEFAULT, *args]
    close = difflib.get_close_matches(word, _COMMANDS, n=1)
    hint = f"Did you mean {close[0]!r}?" if close else f"The commands are {', '.join(_COMMANDS)}."
    raise click.UsageError(f"No such command or folder {word!r}. {hint}", ctx)


def _first_word(args: list[str]) -> int | None:
    """The place of the first argument that is neither an option nor an option's value."""
    skip = False
    for place, arg in enumerate(args):
        if skip:
            skip = False
        elif arg in _WITH_VALUE:
            skip = True
        elif not arg.startswith("-"):
            return place
    return None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`worker-build PATH` is `worker-build build PATH`. Deploying stays `wrangler deploy`.",
)
@click.version_option(metadata.version("worker-build"), prog_name="worker-build")
def cli() -> None:
    """Turn a Python project into a Cloudflare Worker: shim.mjs and *.wasm, nothing else."""


def run(args: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        return cli.main(args, prog_name="worker-build", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain again while it shuts down.
        sys.stdout = None
        return 1
