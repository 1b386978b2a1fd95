"""What the decorators recorded, in the order in which it was written.

The registry is filled while the app is imported, which happens once, at build time. The build reads
`manifest()`; the running worker finds the Python object behind an export with `handler()` and
`exported()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, final

from worker_macros.signature import Where

__all__ = [
    "CLASS_KINDS",
    "JS_NAMES",
    "Kind",
    "Method",
    "Spec",
    "clear",
    "exported",
    "handler",
    "manifest",
    "record",
    "specs",
    "starts",
]

type Kind = Literal[
    "fetch",
    "scheduled",
    "queue",
    "email",
    "tail",
    "tail_stream",
    "connect",
    "start",
    "object",
    "entrypoint",
    "workflow",
]

CLASS_KINDS: Final = ("object", "entrypoint", "workflow")
_SECTIONS: Final = {"object": "objects", "entrypoint": "entrypoints", "workflow": "workflows"}
JS_NAMES: Final[Mapping[str, str]] = MappingProxyType({"tail_stream": "tailStream"})
"""How JavaScript spells a kind, where it is not the same."""

_NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({})


@final
@dataclass(frozen=True, slots=True)
class Method:
    """One method that JavaScript may call.

    Attributes:
        name: its JavaScript name (`webSocketMessage`).
        attribute: its Python name (`websocket_message`).
        role: `handler` when the platform calls it, `rpc` when a stub does.
        is_async: whether it is an `async def`.
        arguments: the most positional arguments it takes beside `self`; None for `*args`.
        line: where it was written.
    """

    name: str
    attribute: str
    role: Literal["handler", "rpc"]
    is_async: bool
    arguments: int | None
    line: int


@final
@dataclass(frozen=True, slots=True)
class Spec:
    """One entry point: a handler function, or a class that the worker exports.

    Attributes:
        kind: which decorator or base class recorded it.
        name: the function's name; for a class, the name of its export.
        where: module, qualified name, file and line.
        is_async: whether a handler is an `async def` (False for classes).
        options: what the decorator was given.
        methods: of a class, everything that JavaScript may call, handlers first.
        target: the function or class itself.
    """

    kind: Kind
    name: str
    where: Where
    is_async: bool
    target: Any = field(repr=False, compare=False)
    options: Mapping[str, Any] = _NO_OPTIONS
    methods: tuple[Method, ...] = ()

    @property
    def module(self) -> str:
        """The module it was written in."""
        return self.where.module

    @property
    def qualname(self) -> str:
        """Its qualified name in that module."""
        return self.where.qualname

    def method(self, name: str) -> Method | None:
        """The method with that JavaScript name, or None."""
        return next((method for method in self.methods if method.name == name), None)


_specs: Final[list[Spec]] = []


def record(spec: Spec) -> None:
    """Add one spec. Duplicates are kept: the build reports them with both places."""
    _specs.append(spec)


def specs() -> tuple[Spec, ...]:
    """Everything recorded so far, in order."""
    return tuple(_specs)


def clear() -> None:
    """Forget everything (for tests)."""
    _specs.clear()


def handler(kind: Kind) -> Spec | None:
    """The `@event` handler of that kind, or None."""
    return next((spec for spec in _specs if spec.kind == kind), None)


def starts() -> tuple[Spec, ...]:
    """Every `@event.start` handler, in order."""
    return tuple(spec for spec in _specs if spec.kind == "start")


def exported(name: str) -> Spec | None:
    """The class exported under that name, or None."""
    return next((spec for spec in _specs if spec.kind in CLASS_KINDS and spec.name == name), None)


def manifest() -> dict[str, Any]:
    """The registry as plain JSON-able data: what the build and the code generators read.

    Returns:
        `{"version": 1, "handlers": […], "starts": […], "objects": […], "entrypoints": […],
        "workflows": […]}`. Every entry has `name`, `kind`, `module`, `qualname`, `file`, `line`,
        `is_async` and `options`; classes have `methods`, each with `name` (JavaScript's),
        `attribute` (Python's), `role`, `is_async`, `arguments`, `line` and `signature`, the
        source text of its parameters and result.
    """
    sections: dict[str, Any] = {"version": 1, "handlers": [], "starts": []}
    sections.update({section: [] for section in _SECTIONS.values()})
    for spec in _specs:
        section = "starts" if spec.kind == "start" else _SECTIONS.get(spec.kind, "handlers")
        sections[section].append(_entry(spec))
    return sections


def _entry(spec: Spec) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": spec.name,
        "kind": spec.kind,
        "module": spec.where.module,
        "qualname": spec.where.qualname,
        "file": spec.where.file,
        "line": spec.where.line,
        "is_async": spec.is_async,
        "options": dict(spec.options),
    }
    if spec.kind in CLASS_KINDS:
        entry["doc"] = _first_line(spec.target)
        entry["methods"] = [_method(spec.target, method) for method in spec.methods]
    return entry


def _method(cls: type, method: Method) -> dict[str, Any]:
    from worker_macros.codegen.source import signature_text

    function = getattr(cls, method.attribute)
    return {
        "name": method.name,
        "attribute": method.attribute,
        "role": method.role,
        "is_async": method.is_async,
        "arguments": method.arguments,
        "line": method.line,
        "signature": signature_text(function),
        "doc": _first_line(function),
    }


def _first_line(target: object) -> str:
    doc = getattr(target, "__doc__", None)
    return doc.strip().splitlines()[0] if isinstance(doc, str) and doc.strip() else ""
