"""What wrangler makes of a project's file: its own readers tell, no file is parsed here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worker_build.miniflare._process import Helper
from worker_build.miniflare.errors import ConfigError, JsError

NAMES = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")
"""In the order in which wrangler looks for them."""


@dataclass(frozen=True, slots=True)
class WranglerProject:
    """A wrangler file, read for one environment.

    Attributes:
        file: the file itself.
        env: the environment it was read for.
        config: wrangler's normalized configuration, its keys as wrangler spells them.
        options: Miniflare's options for it; without a script.
        main: the main module, absolute; None when the file names none.
        vars: variables and secrets for local use: `{name: {"type": …, "value": …}}`; those of
            `.dev.vars` are `secret_text`.
    """

    file: Path
    env: str | None
    config: dict[str, Any]
    options: dict[str, Any]
    main: Path | None
    vars: dict[str, dict[str, Any]]


def find(path: str | Path) -> Path:
    """Return the wrangler file of a folder, or the file itself, absolute.

    Raises:
        FileNotFoundError: there is none.
    """
    place = Path(path).absolute()
    if place.is_file():
        return place
    for name in NAMES:
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(f"there is no wrangler file in {place} ({', '.join(NAMES)})")


def main_module(build: Path) -> Path:
    """Return the main module of a build folder, or the module itself.

    Raises:
        FileNotFoundError: there is no build.
    """
    if build.is_file():
        return build
    for name in ("index.js", "worker/shim.mjs"):
        if (build / name).is_file():
            return build / name
    raise FileNotFoundError(f"there is no build in {build}: run `worker-build` first")


def read(path: str | Path, env: str | None = None) -> WranglerProject:
    """Read a project's wrangler file with wrangler's own readers.

    Args:
        path: the project's folder, or its wrangler file (json, jsonc or toml).
        env: the environment; the top level when None.

    Raises:
        FileNotFoundError: there is no wrangler file.
        ConfigError: wrangler refuses it; the text is wrangler's.
    """
    file = find(path)
    helper = Helper(str(file.parent), lambda _: None)
    try:
        told = helper.call("config", path=str(file), env=env)
    except JsError as error:
        # Of JSON, wrangler says only the name of the mistake.
        bare = error.message.isidentifier()
        raise ConfigError(
            f"it cannot be read: {error.message}" if bare else error.message
        ) from error
    finally:
        helper.close()
    return WranglerProject(
        file=file,
        env=env,
        config=told["config"],
        options=told["options"],
        main=Path(told["main"]) if told.get("main") else None,
        vars=told["vars"],
    )
