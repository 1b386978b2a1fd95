"""The interpreter and its glue, without what this worker cannot reach.

Pyodide exports 8,560 symbols, for whatever extension module may come. A bundle knows the ones that
come: what they import, what the glue and our runtime name, and what a Python source asks for by
`ctypes.pythonapi` stays; functions that nothing reaches any more go. Extension modules are linked
at fixed places of a table that follows the exports, so the image is taken with the same module that
the bundle ships.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from worker_build.errors import BuildError
from worker_build.packages import store
from worker_build.pruning._data import Stripped, strip_data
from worker_build.pruning._glue import Glue, words
from worker_build.pruning._symbols import (
    asked_by_ctypes,
    check_resolved,
    exports_of,
    imports_of,
    needs_of,
)
from worker_build.toolchain import Toolchain

__all__ = ["Pruned", "Stripped", "prune", "run_node", "strip_data"]

_NAMED_BY_NOBODY = ("__main_argc_argv", "__stack_pointer", "__cpp_exception", "__c_longjmp")
"""What Emscripten's loader finds by iteration over all exports."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """The two files that make an interpreter."""

    glue: bytes = field(repr=False)
    module: bytes = field(repr=False)


def prune(
    toolchain: Toolchain,
    glue: str,
    module: Path,
    *,
    extensions: Mapping[str, bytes],
    runtime: Iterable[str],
    sources: Iterable[bytes],
    minify: bool,
) -> Pruned:
    """Take out of the interpreter what is not needed; from the cache when it was done before.

    Args:
        toolchain: where Node and the minifier are.
        glue: Pyodide's glue, patched.
        module: the interpreter's module.
        extensions: extension modules by path.
        runtime: the text of our own JavaScript, whose names stay.
        sources: the project's Python files.
        minify: rename what is local in the glue, and take out its dead code.

    Raises:
        BuildError: WB409, an extension module needs a symbol that nobody has; WB304, the cache
            cannot be written; WB900, the pruning does not know the module.
    """
    ours = words("\n".join(runtime))
    asked = asked_by_ctypes(sources)
    total = hashlib.sha256(toolchain.version("terser").encode() if minify else b"")
    names = ("\0".join(sorted(each)).encode() for each in (extensions, ours, asked))
    for part in (glue.encode(), module.read_bytes(), *names, *extensions.values(), *_tools()):
        total.update(hashlib.sha256(part).digest())

    def fill(aside: Path) -> None:
        plan = _planned(glue, module.read_bytes(), extensions, ours, asked)
        (aside / "keep.json").write_text(json.dumps(sorted(plan.kept)), "utf-8")
        run_node(toolchain, "module.mjs", module, aside / "keep.json", aside / "python.wasm")
        imported = imports_of((aside / "python.wasm").read_bytes())
        short = plan.glue.without(
            exports=plan.gone, imports=imported | plan.wanted, properties=ours
        )
        (aside / "glue.mjs").write_text(short, "utf-8")
        if minify:
            terser = toolchain.package("terser") / "package.json"
            run_node(toolchain, "minify.mjs", terser, aside / "glue.mjs")
        sums = {name: store.sha256(aside / name) for name in ("glue.mjs", "python.wasm")}
        (aside / "sums.json").write_text(json.dumps(sums), "utf-8")

    home = store.entry("interpreters", total.hexdigest(), whole=_is_whole, fill=fill)
    return Pruned((home / "glue.mjs").read_bytes(), (home / "python.wasm").read_bytes())


@dataclass(frozen=True, slots=True)
class _Plan:
    """What stays of the interpreter.

    Attributes:
        glue: taken apart.
        kept: exports that stay.
        gone: those that do not.
        wanted: what extension modules import.
    """

    glue: Glue
    kept: frozenset[str]
    gone: frozenset[str]
    wanted: frozenset[str]


def _planned(
    glue: str,
    module: bytes,
    extensions: Mapping[str, bytes],
    ours: frozenset[str],
    asked: frozenset[str],
) -> _Plan:
    has = exports_of(module)
    parsed = Glue(glue)
    needs = {path: needs_of(content) for path, content in extensions.items()}
    check_resolved(needs, has | parsed.imports)
    wanted = frozenset[str]().union(*(need.names for need in needs.values()))
    named = parsed.words | ours
    kept = has & {*wanted, *parsed.looked_up, *ours, *asked, *_NAMED_BY_NOBODY}
    kept |= {name for name in has if f"_{name}" in named}
    return _Plan(parsed, kept, has - kept, wanted)


def _is_whole(home: Path) -> bool:
    try:
        sums: dict[str, str] = json.loads((home / "sums.json").read_text("utf-8"))
        return all(store.sha256(home / name) == value for name, value in sums.items())
    except (OSError, ValueError):
        return False


def _tools() -> list[bytes]:
    """The text of all that prunes."""
    folder = Path(str(resources.files("worker_build.pruning")))
    return [path.read_bytes() for path in sorted(folder.glob("*.*")) if path.is_file()]


def run_node(toolchain: Toolchain, script: str, *arguments: Path) -> None:
    """Run a script of this folder.

    Raises:
        OSError: it cannot write its files.
        BuildError: WB900 with the script's last words.
    """
    path = Path(str(resources.files("worker_build.pruning"))) / script
    done = subprocess.run(
        [toolchain.node, path, *arguments], capture_output=True, text=True, check=False
    )
    if written := re.search(r"Error: (ENOSPC|EDQUOT|EROFS|EACCES)\b", done.stderr):
        number: int = getattr(errno, written[1])
        raise OSError(number, os.strerror(number))
    if done.returncode:
        raise BuildError(
            "WB900",
            f"{script} has failed",
            fix="report this as a bug",
            details=[line for line in done.stderr.splitlines() if "Error" in line],
        )
