"""Projects made from templates: what `worker-build new` does.

A template is a folder below `templates/`; `common` is laid under each. Files are copied as they
are, but for `{{name}}`, `{{description}}`, `{{dependencies}}` and `{{date}}`. The suffix `.in` is
for files that tools would obey where the templates themselves live, and is dropped.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from worker_build.errors import BuildError

__all__ = ["TEMPLATES", "Template", "create"]

_DATE = "2026-07-01"  # a compatibility date that the pinned workerd and every flag we need know
# No version of the index's `worker`, which is somebody else's, fits.
_WORKER = "worker>=2026.11"
_TYPED = "worker[pydantic]>=2026.11"


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of project: what it shows, and what it needs besides `worker`."""

    description: str
    dependencies: tuple[str, ...] = (_WORKER,)


TEMPLATES = {
    "hello-world": Template("A worker that answers every request with a greeting."),
    "router": Template("A JSON API with routes, parameters and checked bodies.", (_TYPED,)),
    "fastapi": Template("A FastAPI application, served by a worker.", (_WORKER, "fastapi>=0.130")),
    "durable-object": Template("A counter that lives in a Durable Object."),
    "queue": Template("A producer and a consumer of a queue.", (_TYPED,)),
    "d1": Template("A guest book in a D1 database.", (_TYPED,)),
}
"""By name, in the order in which they are shown."""


def create(folder: Path, template: str) -> list[Path]:
    """Make a project in a folder that does not exist, or is empty.

    Args:
        folder: its last part is the project's name.
        template: one of `TEMPLATES`.

    Returns:
        The files, sorted, as paths below `folder`.

    Raises:
        BuildError: WB101 for a name that no project can have or a folder that is in use, WB120
            when it cannot be written.
    """
    name = _project_name(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "the folder exists and is not empty" if folder.is_dir() else "there is a file here"
        raise BuildError("WB101", what, str(folder), "choose another name")
    texts = _texts(name, template)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
        aside.chmod(0o755)
        try:
            for path, text in texts.items():
                target = aside / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            aside.rename(folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise BuildError(
            "WB120",
            f"the project cannot be written: {error.strerror}",
            str(folder),
            "choose a folder that you may write to",
        ) from error
    return sorted(folder / path for path in texts)


def _project_name(folder: Path) -> str:
    name = folder.absolute().name
    if re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name) is None:
        fits = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63] or "my-worker"
        raise BuildError(
            "WB101",
            f"{name!r} is no name for a worker: lower-case letters, digits and dashes",
            str(folder),
            f"did you mean `{fits}`?",
        )
    return name


def _texts(name: str, template: str) -> dict[PurePosixPath, str]:
    chosen = TEMPLATES[template]
    values = {
        "name": name,
        "description": chosen.description,
        "dependencies": ", ".join(f'"{dependency}"' for dependency in chosen.dependencies),
        "date": _DATE,
    }
    root = resources.files("worker_build").joinpath("templates")
    found: dict[PurePosixPath, str] = {}
    for part in ("common", template):
        _collect(root.joinpath(part), PurePosixPath(), found)
    return {path: _filled(text, values) for path, text in found.items()}


def _collect(folder: Traversable, at: PurePosixPath, found: dict[PurePosixPath, str]) -> None:
    for child in folder.iterdir():
        if child.is_dir():
            if child.name != "__pycache__":
                _collect(child, at / child.name, found)
        elif not child.name.endswith(".pyc"):
            found[at / child.name.removesuffix(".in")] = child.read_text("utf-8")


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], text)
