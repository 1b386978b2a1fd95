"""`[tool.worker-build]`: the few things that a project may have to say.

Unknown keys and wrong types are refused where they stand, with the line and a suggestion. The JSON
schema of the table ships with the package (`worker-build.schema.json`), for editors.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from worker_build.errors import BuildError

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

__all__ = ["Config", "Release", "line_of", "read", "schema"]

_TABLE = "tool.worker-build"


def _inside(value: str) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("must be a path inside the project, with forward slashes")
    return value


def _module(value: str) -> str:
    if not all(part.isidentifier() for part in value.split(".")):
        raise ValueError("must be a dotted module name such as `package.module`")
    return value


def _variable(value: str) -> str:
    module, _, path = value.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), *path.split("."))):
        raise ValueError("must be a module and a variable such as `package.module:STARTED`")
    return value


@dataclass(frozen=True, slots=True)
class _Check:
    """A check of a value, for pydantic: it is imported only where there is something to check."""

    check: Callable[[str], str]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic import AfterValidator

        return AfterValidator(self.check).__get_pydantic_core_schema__(source, handler)


_Inside = Annotated[str, _Check(_inside)]
_Module = Annotated[str, _Check(_module)]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _told(description: str, **facts: Any) -> dict[str, Any]:
    """What pydantic's `Field` would be told about a key."""
    return {"description": description, "strict": True, **facts}


def _listed(description: str, default: Sequence[str] = (), **facts: Any) -> dict[str, Any]:
    shown = {"default": list(default)}
    return {"description": description, "json_schema_extra": shown, **facts}


@dataclass(frozen=True, kw_only=True)
class Config:
    """The table `[tool.worker-build]` of a `pyproject.toml`; every key may be left out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "alias_generator": _kebab,
        "title": f"[{_TABLE}]",
    }

    entry: _Module | None = field(
        default=None,
        metadata=_told(
            "The module that is imported to find the entry points: `package.module`. Default: the "
            "one package under `src/`, else `src/main.py`."
        ),
    )
    src: list[_Inside] = field(
        default_factory=lambda: ["src"],
        metadata=_listed(
            "Folders whose content is the app, relative to the project: each one's modules are "
            "importable in the worker.",
            default=["src"],
            min_length=1,
        ),
    )
    exclude: list[str] = field(
        default_factory=list[str],
        metadata=_listed(
            "Files of the app to leave out: glob patterns relative to their source folder, such "
            "as `**/tests/**`."
        ),
    )
    extras: list[str] = field(
        default_factory=list[str],
        metadata=_listed(
            "Optional dependencies of the project (`[project.optional-dependencies]`) that go "
            "into the worker."
        ),
    )
    groups: list[str] = field(
        default_factory=list[str],
        metadata=_listed("Dependency groups (`[dependency-groups]`) that go into the worker."),
    )
    allow_entropy: list[_Module] = field(
        default_factory=list[str],
        metadata=_listed(
            "Modules that may draw randomness at import, with all below them. What they draw is "
            "the same in every isolate and can be read in the bundle: never a secret."
        ),
    )
    preload: list[_Module] = field(
        default_factory=list[str],
        metadata=_listed(
            "Modules that are imported after the app, into the image: those that would otherwise "
            "be imported from their sources by the first event that needs them."
        ),
    )
    allow_clock: list[_Module] = field(
        default_factory=list[str],
        metadata=_listed(
            "Modules that may keep the time that they have read at import, with all below them: "
            "it is 2020-01-01 in every isolate, and the build does not warn of them."
        ),
    )
    reset_clock: list[Annotated[str, _Check(_variable)]] = field(
        default_factory=list[str],
        metadata=_listed(
            "Variables that keep a time that was read at import, as `package.module:NAME` or "
            "`package.module:NAME.attribute`: before the first event each is moved by the time "
            "that has passed since the build's clock."
        ),
    )
    strip_stdlib: bool = field(
        default=False,
        metadata=_told(
            "Leave out modules of the standard library that neither the app nor its packages "
            "import."
        ),
    )
    keep_stdlib: list[_Module] = field(
        default_factory=list[str],
        metadata=_listed(
            "Modules of the standard library that `strip-stdlib` keeps, with all below them: "
            "those that are imported by a name which is made at run time."
        ),
    )
    columns: bool | None = field(
        default=None,
        metadata=_told(
            "Tracebacks point at columns too, not only at lines. Default: with `--dev`."
        ),
    )
    docstrings: bool | None = field(
        default=None,
        metadata=_told(
            "The image has the docstrings of the standard library and of `worker`. Default: with "
            "`--dev`."
        ),
    )
    minify: bool | None = field(
        default=None,
        metadata=_told(
            "Minify Pyodide's JavaScript and take out its dead code. Default: without `--dev`."
        ),
    )
    pyodide_mirror: str | None = field(
        default=None,
        metadata=_told(
            "Where the files of Pyodide's own distribution are, of the Pyodide that worker-build "
            "pins: an address, or a folder relative to the project. The environment's "
            "`WORKER_BUILD_PYODIDE_MIRROR` comes first. Default: Pyodide's content delivery "
            "network.",
            min_length=1,
        ),
    )
    out_dir: _Inside = field(
        default="build",
        metadata=_told("The folder that the bundle is written to."),
    )


@dataclass(frozen=True, slots=True)
class Release:
    """What a bundle is made without; `docs/release.md` has the table.

    Attributes:
        columns: tracebacks know columns.
        docstrings: the standard library and `worker` have docstrings.
        minify: Pyodide's JavaScript is minified.
        strip_stdlib: unreachable modules of the standard library are left out.
        keep_stdlib: modules that stay in any case.
    """

    columns: bool = False
    docstrings: bool = False
    minify: bool = True
    strip_stdlib: bool = False
    keep_stdlib: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Config, *, release: bool) -> Release:
        """What the project says, and for the rest what the mode does."""
        return cls(
            columns=(not release) if config.columns is None else config.columns,
            docstrings=(not release) if config.docstrings is None else config.docstrings,
            minify=release if config.minify is None else config.minify,
            strip_stdlib=config.strip_stdlib,
            keep_stdlib=tuple(config.keep_stdlib),
        )


def schema() -> str:
    """Return the JSON schema of the table, as the text of `worker-build.schema.json`."""
    return json.dumps(_model().json_schema(by_alias=True), indent=2) + "\n"


def read(table: dict[str, Any], text: str, file: str) -> Config:
    """Check the table and return it.

    Args:
        table: the content of `[tool.worker-build]`.
        text: the whole file, to find the line of what is wrong.
        file: its name, for errors.

    Raises:
        BuildError: WB103 naming the key, its line and what was expected.
    """
    if not table:
        return Config()
    from pydantic import ValidationError

    try:
        return _model().validate_python(table)
    except ValidationError as error:
        raise _refusal(error, text, file) from None


def line_of(text: str, table: str, key: str) -> int | None:
    """Find the line, from 1, on which `table` of a TOML file sets `key`; None when it cannot.

    A table written in an unusual way (dotted keys, inline) is not found: a line is a help, not
    a promise.
    """
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[{1,2}\s*([^\]]+?)\s*\]", line):
            current = header[1].replace('"', "").replace("'", "").replace(" ", "")
            if not key and current == table:
                return number
        elif current == table and key and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
            return number
    return None


def _model() -> TypeAdapter[Config]:
    from pydantic import TypeAdapter

    return TypeAdapter(Config)


def _refusal(error: ValidationError, text: str, file: str) -> BuildError:
    first = error.errors(include_url=False)[0]
    key = str(first["loc"][0])
    line = line_of(text, _TABLE, key) or line_of(text, _TABLE, "")
    where = f"{file}:{line}" if line else file
    if first["type"] != "unexpected_keyword_argument":
        reason = first["msg"].removeprefix("Value error, ")
        (described,) = (
            each.metadata["description"] for each in fields(Config) if _kebab(each.name) == key
        )
        return BuildError(
            "WB103",
            f"`{key}` in [{_TABLE}] is wrong: {reason[0].lower()}{reason[1:]}",
            where,
            f"{key}: {described}",
        )
    known = [_kebab(each.name) for each in fields(Config)]
    close = difflib.get_close_matches(key.replace("_", "-").lower(), known, n=1)
    fix = f"did you mean `{close[0]}`?" if close else f"the keys are {', '.join(known)}"
    return BuildError("WB103", f"[{_TABLE}] has no key `{key}`", where, fix)
