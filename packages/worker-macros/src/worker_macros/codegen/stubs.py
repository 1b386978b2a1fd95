"""Typed clients for the Durable Objects and entry points of another project.

The text comes from that project's build manifest alone: its code is neither imported nor read. It
is valid both as a `.pyi` and as a `.py`, since the classes are only ever named, never made.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from typing import Any, Final

from worker_macros.entrypoint import DEFAULT

__all__ = ["client_stubs"]

_IMPORTS: Final = {
    "typing": ("Annotated", "Any", "Literal", "NotRequired", "Optional", "Required", "Union"),
    "collections.abc": (
        "AsyncIterator",
        "Awaitable",
        "Callable",
        "Iterable",
        "Iterator",
        "Mapping",
        "Sequence",
    ),
    "datetime": ("date", "datetime", "time", "timedelta"),
    "worker": ("ByteStream", "Headers", "Request", "Response", "Socket", "WritableStream"),
}
"""Names that an annotation may keep. What another project defined crosses as plain data: `Any`."""

_FETCH: Final = (
    "    async def fetch(self, request: Request | str, **options: Any) -> Response: ...\n"
)
_CONNECT: Final = "    def connect(self, address: str) -> Socket: ...\n"
_HOME: Final = {name: module for module, names in _IMPORTS.items() for name in names}


def client_stubs(manifest: Mapping[str, Any], *, project: str) -> str:
    """The source of a module with one class for each object and entry point of a project.

    Args:
        manifest: the project's build manifest, as `registry.manifest()` gave it.
        project: its name, for the heading.

    Returns:
        Python source: `Default` is the default entry point. Only what a stub can call is there.
    """
    used: set[str] = set()
    classes = [
        _class(entry, used)
        for section in ("entrypoints", "objects")
        for entry in sorted(manifest[section], key=lambda entry: str(entry["name"]))
    ]
    head = f'"""What other workers may call of {project}.\n\nGenerated: do not edit."""\n'
    return "\n\n".join([head + _imports(used), *classes])


def _imports(used: set[str]) -> str:
    lines = [
        f"from {module} import {', '.join(sorted(used.intersection(names)))}"
        for module, names in _IMPORTS.items()
        if used.intersection(names)
    ]
    return "\n" + "".join(f"{line}\n" for line in sorted(lines)) if lines else ""


def _class(entry: Mapping[str, Any], used: set[str]) -> str:
    title = entry["doc"] or (
        "The default entry point." if entry["name"] == DEFAULT else f"A stub of {entry['name']}."
    )
    methods = [_method(method, used) for method in entry["methods"] if method["role"] == "rpc"]
    if any(method["name"] == "fetch" for method in entry["methods"]):
        used.update(("Any", "Request", "Response"))
        methods.insert(0, _FETCH)
    if any(method["name"] == "connect" for method in entry["methods"]):
        used.add("Socket")
        methods.insert(0, _CONNECT)
    return f"class {entry['name']}:\n    {_quoted(title)}\n" + "".join(
        f"\n{method}" for method in methods
    )


def _method(method: Mapping[str, Any], used: set[str]) -> str:
    tree = ast.parse(f"async def {method['attribute']}{method['signature']}: ...")
    known = _Known(used)
    text = ast.unparse(known.visit(tree)).removesuffix("\n    ...").removesuffix(" ...")
    # The dots stay behind a docstring: without them, a type checker asks for the result.
    body = f"\n        {_quoted(method['doc'])}\n        ..." if method["doc"] else " ..."
    return f"    {text}{body}\n"


def _quoted(text: str) -> str:
    return '"""' + text.replace("\\", "\\\\").replace('"""', "'''") + '"""'


class _Known(ast.NodeTransformer):
    """Replaces what the reader of the stub cannot know by `Any`, and notes what it imports."""

    def __init__(self, used: set[str]) -> None:
        self._used = used

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = self._annotation(node.annotation)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        self.visit(node.args)
        node.returns = self._annotation(node.returns)
        return node

    def _annotation(self, node: ast.expr | None) -> ast.expr | None:
        return None if node is None else self.visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """An annotation that is a string means what it says."""
        if isinstance(node.value, str):
            return self.visit(ast.parse(node.value, mode="eval").body)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self.visit_Name(ast.Name(node.attr, node.ctx))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        value = self.visit(node.value)
        if isinstance(value, ast.Name) and value.id in {"Any", "Literal"}:
            return ast.Name("Any") if value.id == "Any" else ast.Subscript(value, node.slice)
        return ast.Subscript(value, self.visit(node.slice))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in _HOME:
            self._used.add(node.id)
            return node
        if hasattr(builtins, node.id):
            return node
        self._used.add("Any")
        return ast.Name("Any")
