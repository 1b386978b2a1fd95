"""Typed clients for the classes of another project: what `worker-build types --from` writes.

The caller names the class, and its calls complete and are checked; the other project's code is
neither imported nor needed:

    from chat_client import Room

    room = env.durable_object("ROOM", Room).get_by_name("tea")
    await room.say("hello")
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from worker_macros.codegen.stubs import client_stubs

from worker_build import project as _project
from worker_build.errors import BuildError

__all__ = ["write"]


def write(path: Path, other: Path, *, output: Path | None, check: bool) -> Path:
    """Write the clients of another project's Durable Objects and entry points.

    Args:
        path: the folder of the project that calls.
        other: the folder of the other project, which has been built, or its `manifest.json`.
        output: the file; `{other}_client.py` in the first source folder when None.
        check: compare instead of writing.

    Returns:
        The file.

    Raises:
        BuildError: WB117 without a manifest, WB103 when `check` finds a difference, WB120 when the
            file cannot be written.
    """
    caller = _project.load(path)
    manifest, name = _read(other)
    file = output or next(iter(caller.src), caller.root) / f"{_identifier(name)}_client.py"
    text = client_stubs(manifest, project=name)
    if check:
        _compare(file, text, other)
        return file
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BuildError(
            "WB120",
            f"the file cannot be written: {error.strerror}",
            str(file),
            "choose another place with --output",
        ) from error
    return file


def _read(other: Path) -> tuple[dict[str, Any], str]:
    """The manifest of a built project, and the project's name."""
    if other.is_file():
        file, name = other, other.absolute().parent.parent.name
    else:
        project = _project.load(other)
        file, name = project.out_dir / "manifest.json", project.name
    try:
        manifest: object = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(
            "WB117",
            "the other project has no manifest",
            str(file),
            f"build it first: worker-build {other}",
        ) from error
    if not isinstance(manifest, dict) or not {"objects", "entrypoints"} <= manifest.keys():
        raise BuildError(
            "WB117",
            "the file is no manifest of a build",
            str(file),
            "give the project's folder, or the manifest.json of its build folder",
        )
    return cast("dict[str, Any]", manifest), name


def _identifier(name: str) -> str:
    """A project's name as part of a module's."""
    return "".join(letter if letter.isalnum() else "_" for letter in name.lower()) or "other"


def _compare(file: Path, text: str, other: Path) -> None:
    try:
        there = file.read_text("utf-8")
    except OSError:
        there = ""
    if there != text:
        raise BuildError(
            "WB103",
            "the client is out of date",
            str(file),
            f"run `worker-build types --from {other}`",
        )
