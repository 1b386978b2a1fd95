"""The standard library, cut to what a worker can reach: `strip-stdlib`, off by default.

What is reached is read from import statements, wherever they stand, of the app, its packages and of
the modules that stay. A module that is only ever named at run time has to be kept by name
(`keep-stdlib`); without it, its import raises `ModuleNotFoundError`.
"""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import PurePosixPath
from typing import Final

__all__ = ["Stripped", "strip"]

_IMPORT: Final = re.compile(
    r"""^[ \t]*(?:
        from[ \t]+(?P<origin>\.*[\w.]*)[ \t]+import[ \t]*
        (?P<names>\([^)]*\)|[^\n#;]*(?:\\\n[^\n#;]*)*)
        |import[ \t]+(?P<modules>[^\n#;]+)
    )""",
    re.MULTILINE | re.VERBOSE,
)
_BY_NAME: Final = re.compile(r"""(?:import_module|__import__)\(\s*["']([\w.]+)["']""")


@dataclass(frozen=True, slots=True)
class Stripped:
    """The smaller archive.

    Attributes:
        archive: a zip file, none of its entries compressed.
        kept: modules that are in it.
        dropped: modules that are not.
    """

    archive: bytes
    kept: frozenset[str]
    dropped: frozenset[str]


def strip(archive: bytes, sources: Iterable[str], keep: Iterable[str] = ()) -> Stripped:
    """Leave out the modules that nobody can reach.

    Args:
        archive: the standard library as a zip file of sources.
        sources: the Python sources of the app, its packages and the build's own.
        keep: modules and packages that stay, with all below them.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as full:
        names = sorted(full.namelist())
        modules = {module: name for name in names if (module := _module(name))}
        texts = {name: full.read(name).decode("utf-8", "replace") for name in modules.values()}
        kept = _reached(modules, texts, sources, list(keep))
        files = {modules[module] for module in kept}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as short:
            for name in names:
                if name in files or not name.endswith((".py", "/")):
                    info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
                    short.writestr(info, full.read(name))
    return Stripped(out.getvalue(), frozenset(kept), frozenset(modules) - kept)


def _module(name: str) -> str | None:
    path = PurePosixPath(name)
    if path.suffix != ".py":
        return None
    parts = path.parts[:-1] if path.stem == "__init__" else (*path.parts[:-1], path.stem)
    return ".".join(parts)


class _Reach:
    """The modules that are reached, growing."""

    def __init__(self, modules: Mapping[str, str], texts: Mapping[str, str]) -> None:
        self._modules = modules
        self._texts = texts
        self._todo: list[str] = []
        self.kept: set[str] = set()

    def need(self, names: Iterable[str]) -> None:
        """Keep what of these is a module, with the packages that it is in."""
        for name in names:
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):
                module = ".".join(parts[:depth])
                if module in self._modules and module not in self.kept:
                    self.kept.add(module)
                    self._todo.append(module)

    def follow(self, unusable: frozenset[str]) -> None:
        """Keep what the kept ones import."""
        while self._todo:
            module = self._todo.pop()
            name = self._modules[module]
            package = module if name.endswith("/__init__.py") else module.rpartition(".")[0]
            found = _imports(self._texts[name], package)
            self.need(each for each in found if each.partition(".")[0] not in unusable)


def _reached(
    modules: Mapping[str, str], texts: Mapping[str, str], sources: Iterable[str], keep: list[str]
) -> set[str]:
    known = _known()
    reach = _Reach(modules, texts)
    reach.need(known["always"])
    reach.need(f"encodings.{name}" for name in known["encodings"])
    whole = (*known["whole"], *keep)
    reach.need(each for each in modules if any(_below(each, package) for package in whole))
    for source in sources:
        reach.need(_imports(source, ""))
    reach.follow(frozenset(known["unusable"]))
    return reach.kept


def _known() -> dict[str, list[str]]:
    text = resources.files("worker_build").joinpath("stdlib.toml").read_text("utf-8")
    return {key: value.split() for key, value in tomllib.loads(text).items()}


def _below(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _imports(source: str, package: str) -> Iterator[str]:
    """Every module that a source may import, and names that may be modules."""
    for found in _IMPORT.finditer(source):
        if found["modules"] is not None:
            yield from re.findall(r"(?:^|,)\s*([\w.]+)", found["modules"])
            continue
        origin = found["origin"]
        if origin.startswith("."):
            up = len(origin) - len(origin.lstrip("."))
            parts = package.split(".")
            home = ".".join(parts[: len(parts) - up + 1])
            origin = ".".join(part for part in (home, origin.lstrip(".")) if part)
        yield origin
        names = re.findall(r"(?:^|[,(])\s*(\w+)", found["names"].replace("\\\n", " "))
        yield from (f"{origin}.{name}" for name in names)
    yield from _BY_NAME.findall(source)
