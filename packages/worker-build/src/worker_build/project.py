"""The first step: what is to be built. A folder with a `pyproject.toml` becomes a `Project`."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from worker_build import config
from worker_build.config import Config
from worker_build.errors import BuildError

__all__ = ["Project", "load"]

_PYTHON = "3.14.0"
_WRANGLER = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")
_FILE = "pyproject.toml"
_TABLE = "tool.worker-build"


@dataclass(frozen=True, slots=True)
class Project:
    """A project as its files describe it; nothing of it has been run.

    Attributes:
        root: its folder, absolute.
        name: `[project] name`, as written.
        version: `[project] version`, or None where it is dynamic.
        entry: the module that is imported to find the entry points, dotted.
        src: the source folders, absolute, in the order in which they are searched.
        config: `[tool.worker-build]`.
        wrangler: the wrangler file, or None. Its content is wrangler's business.
        env: the environment of the wrangler file that is built for, or None for the top level.
    """

    root: Path
    name: str
    version: str | None
    entry: str
    src: tuple[Path, ...]
    config: Config
    wrangler: Path | None
    env: str | None

    @property
    def out_dir(self) -> Path:
        """The folder that the bundle is written to, absolute."""
        return self.root / self.config.out_dir

    def check_out_dir(self, folder: Path) -> None:
        """Refuse to put a bundle in the place of the project, its sources, or a folder of both.

        Raises:
            BuildError: WB120, the bundle would replace what it is made of.
        """
        folder = folder.resolve()
        for kept in (self.root, *self.src):
            if kept.resolve().is_relative_to(folder):
                raise BuildError(
                    "WB120",
                    "the bundle would replace the project itself",
                    str(folder),
                    "choose a folder of its own for it, such as `build`",
                )


def load(path: Path, *, env: str | None = None) -> Project:
    """Read a project.

    Args:
        path: the project's folder, or its `pyproject.toml`.
        env: the environment of the wrangler file to build for.

    Raises:
        BuildError: WB101 when there is no project, WB102 when its file cannot be read, WB103 when
            the configuration is wrong, WB104 or WB105 when the entry module is missing or not
            unique.
    """
    path = path.resolve()
    root = path.parent if path.name == _FILE and not path.is_dir() else path
    document, text = _read(root)
    project = _mapping(document, "project")
    if not isinstance(project.get("name"), str):
        raise BuildError(
            "WB102",
            "pyproject.toml has no [project] table with a name",
            _FILE,
            'add [project] with `name`, `version` and `dependencies = ["worker"]`',
        )
    _check_metadata(project, text)
    _check_python(project.get("requires-python"), text)
    chosen = config.read(_table(document), text, _FILE)
    _check_names(chosen, document, text)
    src = tuple(root / folder for folder in chosen.src)
    return Project(
        root=root,
        name=project["name"],
        version=project.get("version"),
        entry=_entry(root, src, chosen, text),
        src=tuple(folder for folder in src if folder.is_dir()),
        config=chosen,
        wrangler=next((root / name for name in _WRANGLER if (root / name).is_file()), None),
        env=env,
    )


def _read(root: Path) -> tuple[dict[str, Any], str]:
    file = root / _FILE
    try:
        text = file.read_text("utf-8")
        return tomllib.loads(text), text
    except (FileNotFoundError, NotADirectoryError):
        above = next((folder for folder in root.parents if (folder / _FILE).is_file()), None)
        raise BuildError(
            "WB101",
            _nothing(root),
            str(root),
            f"did you mean {above}?" if above else "make one with `worker-build new NAME`",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise BuildError(
            "WB102", f"{_FILE} is not valid TOML: {error}", str(file), "correct that line"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(
            "WB102", f"{_FILE} cannot be read: {error}", str(file), "make it readable UTF-8 text"
        ) from None


def _nothing(root: Path) -> str:
    if root.is_dir():
        return f"there is no project here: no {_FILE}"
    return (
        "this is a file, and a project is a folder" if root.exists() else "there is no such folder"
    )


def _check_metadata(project: dict[str, Any], text: str) -> None:
    """What every tool checks, before one that is started later says so in its own way."""
    for key, check, wanted in (
        ("name", _check_name, "letters, digits, `-`, `_` and `.`"),
        ("version", _check_version, 'a version such as "0.1.0"'),
        ("dependencies", _check_dependencies, 'a list such as ["worker", "httpx>=0.28"]'),
    ):
        try:
            check(project.get(key))
        except ValueError as error:
            raise BuildError(
                "WB103",
                f"`{key}` in [project] is wrong: {str(error).splitlines()[0]}",
                _place(text, "project", key),
                f"write {wanted}",
            ) from None


def _check_name(value: object) -> None:
    canonicalize_name(str(value), validate=True)


def _check_version(value: object) -> None:
    if isinstance(value, str):
        Version(value)
    elif value is not None:
        raise ValueError(f"{value!r} is no text")


def _check_dependencies(value: object) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")  # noqa: TRY004  one kind of error for all
    for each in cast("list[object]", value):
        try:
            Requirement(str(each))
        except InvalidRequirement as error:
            said = str(error).splitlines()[0]
            raise ValueError(f"{each!r} is no requirement: {said[:1].lower()}{said[1:]}") from None


def _mapping(table: dict[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _table(document: dict[str, Any]) -> dict[str, Any]:
    tool = _mapping(document, "tool")
    for name, table in (("tool", document.get("tool")), (_TABLE, tool.get("worker-build"))):
        if table is not None and not isinstance(table, dict):
            raise BuildError(
                "WB103", f"`{name}` is {table!r}, and must be a table", _FILE, f"write [{_TABLE}]"
            )
    close = difflib.get_close_matches("worker-build", tool, n=1, cutoff=0.8)
    if close and close[0] != "worker-build":
        raise BuildError(
            "WB103", f"[tool.{close[0]}] is no table of ours", _FILE, "did you mean `worker-build`?"
        )
    return _mapping(tool, "worker-build")


def _check_python(wanted: object, text: str) -> None:
    """A worker is CPython 3.14, whatever runs the build."""
    try:
        allowed = not isinstance(wanted, str) or SpecifierSet(wanted).contains(_PYTHON)
    except InvalidSpecifier:
        allowed = False
    if not allowed:
        raise BuildError(
            "WB103",
            f"`requires-python = {wanted!r}` leaves out 3.14, the Python of a worker",
            _place(text, "project", "requires-python"),
            'allow it: `requires-python = ">=3.12"`',
        )


def _check_names(chosen: Config, document: dict[str, Any], text: str) -> None:
    """Extras and groups that are asked for must exist, or uv refuses them in its own words."""
    extras = _mapping(_mapping(document, "project"), "optional-dependencies")
    groups = _mapping(document, "dependency-groups")
    for key, asked, there in (
        ("extras", chosen.extras, extras),
        ("groups", chosen.groups, groups),
    ):
        for name in asked:
            if name not in there:
                close = difflib.get_close_matches(name, there, n=1)
                raise BuildError(
                    "WB103",
                    f"`{key}` in [tool.worker-build] names {name!r}, which the project has not",
                    _place(text, "tool.worker-build", key),
                    f"did you mean {close[0]!r}?" if close else f"the project has {sorted(there)}",
                )


def _entry(root: Path, src: tuple[Path, ...], chosen: Config, text: str) -> str:
    if chosen.entry is not None:
        if not any(_is_module(folder, chosen.entry) for folder in src):
            names = [name for folder in src for name in _candidates(folder)]
            close = difflib.get_close_matches(chosen.entry, names, n=1, cutoff=0.5)
            raise BuildError(
                "WB104",
                f"the entry module `{chosen.entry}` is not in {_folders(root, src)}",
                _place(text, "tool.worker-build", "entry"),
                f"did you mean `{close[0]}`?" if close else "name a module that is there",
            )
        return chosen.entry
    found = sorted({name for folder in src for name in _candidates(folder)})
    if len(found) == 1:
        return found[0]
    if found:
        raise BuildError(
            "WB105",
            f"there is more than one candidate for the entry module: {', '.join(found)}",
            _folders(root, src),
            "choose one in pyproject.toml: [tool.worker-build] entry = "
            f'"{"main" if "main" in found else found[0]}"',
        )
    raise BuildError(
        "WB104",
        f"there is no entry module: no package and no main.py in {_folders(root, src)}",
        str(root),
        "write src/main.py, or name the module: [tool.worker-build] entry and src",
    )


def _candidates(folder: Path) -> list[str]:
    """The packages of a source folder, and `main` when there is a `main.py`."""
    if not folder.is_dir():
        return []
    names = [
        child.name
        for child in folder.iterdir()
        if child.name.isidentifier() and not child.name.startswith("_") and _holds_python(child)
    ]
    return names + (["main"] if (folder / "main.py").is_file() else [])


def _holds_python(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("*.py"))


def _is_module(folder: Path, name: str) -> bool:
    path = folder.joinpath(*name.split("."))
    return path.with_name(f"{path.name}.py").is_file() or _holds_python(path)


def _folders(root: Path, src: tuple[Path, ...]) -> str:
    return ", ".join(f"{folder.relative_to(root).as_posix()}/" for folder in src)


def _place(text: str, table: str, key: str) -> str:
    line = config.line_of(text, table, key)
    return f"{_FILE}:{line}" if line else _FILE
