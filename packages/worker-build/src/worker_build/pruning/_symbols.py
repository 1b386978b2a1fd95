"""Which symbols extension modules and Python sources need of the interpreter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from worker_build.dylink import dylink_of
from worker_build.errors import BuildError
from worker_build.wasm import EXPORT, IMPORT, Cursor, sections

__all__ = ["Needs", "asked_by_ctypes", "check_resolved", "exports_of", "imports_of", "needs_of"]

_OF_THE_LOADER = frozenset(
    {"memory", "__memory_base", "__table_base", "__indirect_function_table", "__stack_pointer"}
)
_CTYPES = re.compile(rb"\bpythonapi\b|\b(?:Py|C)DLL\(\s*None\b")


@dataclass(frozen=True, slots=True)
class Needs:
    """What an extension module needs, and what it has itself.

    Attributes:
        names: of all that it imports.
        weak: those among them that may be missing.
        has: what it exports, for itself and for others.
    """

    names: frozenset[str]
    weak: frozenset[str]
    has: frozenset[str]


def needs_of(module: bytes) -> Needs:
    """Read what an extension module imports and exports."""
    return Needs(imports_of(module) - _OF_THE_LOADER, dylink_of(module).weak, exports_of(module))


def imports_of(module: bytes) -> frozenset[str]:
    """The names of a module's imports."""
    return frozenset(
        name for kind, content in sections(module) if kind == IMPORT for name in _imports(content)
    )


def exports_of(module: bytes) -> frozenset[str]:
    """The names of a module's exports."""
    return frozenset(
        name for kind, content in sections(module) if kind == EXPORT for name in _exports(content)
    )


def _exports(content: memoryview) -> Iterable[str]:
    cursor = Cursor(content)
    for _ in range(cursor.unsigned()):
        yield cursor.name()
        cursor.byte()
        cursor.unsigned()


def _imports(content: memoryview) -> Iterable[str]:
    cursor = Cursor(content)
    for _ in range(cursor.unsigned()):
        cursor.name()
        yield cursor.name()
        match cursor.byte():
            case 0:  # a function, by its type
                cursor.unsigned()
            case 1:  # a table
                cursor.byte()
                _limits(cursor)
            case 2:  # a memory
                _limits(cursor)
            case 3:  # a global
                cursor.byte()
                cursor.byte()
            case _:  # a tag
                cursor.byte()
                cursor.unsigned()


def _limits(cursor: Cursor) -> None:
    flags = cursor.byte()
    cursor.unsigned()
    if flags & 1:
        cursor.unsigned()


def check_resolved(needs: Mapping[str, Needs], known: frozenset[str]) -> None:
    """Refuse an extension module that needs what neither the interpreter nor another one has.

    Raises:
        BuildError: WB409 with the names.
    """
    everywhere = known.union(*(need.has for need in needs.values()))
    for path, need in sorted(needs.items()):
        if missing := sorted(need.names - need.weak - everywhere):
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            raise BuildError(
                "WB409",
                f"{PurePosixPath(path).name} needs {', '.join(missing[:3])}{more},"
                " which the interpreter does not have",
                where=path,
                fix="use a version of the package that was built for this Pyodide",
                details=missing,
            )


def asked_by_ctypes(sources: Iterable[bytes]) -> frozenset[str]:
    """Names in the Python sources that look into the interpreter with `ctypes`."""
    return frozenset(
        name.decode()
        for source in sources
        if _CTYPES.search(source)
        for name in re.findall(rb"\b[A-Za-z_]\w*", source)
    )
