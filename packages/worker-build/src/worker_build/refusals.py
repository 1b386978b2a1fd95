"""What the build worker refuses, told in our words and with the user's own lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from worker_build.errors import BuildError
from worker_build.stage import APP

__all__ = ["refusal"]


def refusal(error: Mapping[str, Any]) -> BuildError:
    """The error that stops the build.

    Args:
        error: what `runtime/snapshot.py` or `runtime/snapshot.mjs` found: `kind`, `message`, `frames` and more.
    """
    kind = error.get("kind")
    frames = [frame for frame in error.get("frames", ()) if str(frame["file"]).startswith(APP)]
    where = _place(frames[-1]) if frames else None
    message = str(error.get("message") or json.dumps(error))
    details = [_line(frame) for frame in frames]
    if "javascript" in error:
        return BuildError(
            "WB107",
            message,
            where,
            "put the .mjs file where the path says, or name a module of the platform such as `node:crypto`",
            details=details,
        )
    if kind == "syntax":
        return BuildError("WB110", message, f"{_short(error['file'])}:{error['line']}", details=details)
    if kind == "reference":
        return _reference(error["variables"])
    if kind == "internal":
        return BuildError("WB900", message)
    return BuildError("WB110", message, where, details=details)


def _reference(variables: Sequence[Mapping[str, str]]) -> BuildError:
    names = [f"{held['module']}.{held['variable']}" for held in variables]
    return BuildError(
        "WB113",
        f"{', '.join(names) or 'something'} holds a JavaScript object, which an image cannot",
        fix="make it inside the handler that needs it, or in a function called from there",
    )


def _short(path: str) -> str:
    return path.removeprefix(APP).lstrip("/")


def _place(frame: Mapping[str, Any]) -> str:
    return f"{_short(frame['file'])}:{frame['line']}"


def _line(frame: Mapping[str, Any]) -> str:
    return f"{_place(frame)} in {frame['name']}: {frame['text']}"
