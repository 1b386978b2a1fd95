"""What Pyodide's glue sheds: the doors to exports and imports that nobody goes through.

Emscripten writes an assignment for each of thousands of exports, an import for all that a library
could ask for, and a property of `Module` for every function. They are told apart by the form in
which they are written; what nothing names any more is then dead code, and the minifier takes it
out.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from worker_build.errors import BuildError

__all__ = ["Glue", "words"]

_EXPORTS = re.compile(r"(?<=function assignWasmExports\(wasmExports\)\{)[^{}]*(?=\})")
_EXPORT = re.compile(r'\bwasmExports\["(\w+)"\]')
_DECLARED = re.compile(r"(?<=var )_set_method_docstring(?:,\w+)+(?=;)")
_SIGNATURE = re.compile(r'wasmExports\["(\w+)"\]=makeWrapper_\w+\(wasmExports\["\1"\]\);')
_IMPORTS = re.compile(r"(?<=var wasmImports=\{)[^{}]*(?=\};)")
_PROPERTY = re.compile(r'Module\["(\w+)"\]=\1;')
_TYPE = re.compile(r'\b(\w+)\.sig="\w+";')
_ONCE = (_EXPORTS, _DECLARED, _IMPORTS)


def words(text: str) -> frozenset[str]:
    """Every name in a text of JavaScript, those in its strings too."""
    return frozenset(re.findall(r"[A-Za-z_$][\w$]*", text))


class Glue:
    """Pyodide's glue, taken apart.

    Attributes:
        imports: what it offers to the interpreter and to extension modules.
        words: every name in it, but for those in the lists that are cut.
        looked_up: names that it may look for among the exports, as they are.

    Raises:
        BuildError: WB901, a list is not there, or more than once.
    """

    def __init__(self, text: str) -> None:
        rest = text
        for form in (*_ONCE, _SIGNATURE, _PROPERTY, _TYPE):
            rest, found = form.subn("", rest)
            if not found or (form in _ONCE and found > 1):
                raise BuildError(
                    "WB901",
                    f"the list {form.pattern!r} is {found} times in the glue",
                    where="pyodide.asm.mjs",
                    fix="use the Pyodide that this worker-build pins, or report this as a bug",
                )
        listed = _IMPORTS.findall(text)[0].split(",")
        # `name:variable`, or `name` alone for both.
        self._variables = {entry.partition(":")[0]: entry.rpartition(":")[2] for entry in listed}
        self._text = text
        self._properties = frozenset(re.findall(r'\bModule(?:\.|\?\.|\[")(\w+)', rest))
        # `let{FS:fs}=Module`
        for taken in re.findall(r"\{([\w$:,]+)\}=Module\b", rest):
            self._properties |= {entry.partition(":")[0] for entry in taken.split(",")}
        self.words = words(rest)
        self.looked_up = frozenset(re.findall(r'(?:"|\bwasmExports\.)(\w+)', rest))

    @property
    def imports(self) -> frozenset[str]:
        return frozenset(self._variables)

    def without(
        self,
        *,
        exports: AbstractSet[str],
        imports: AbstractSet[str],
        properties: AbstractSet[str],
    ) -> str:
        """The text without what is not needed.

        Args:
            exports: of the interpreter, that are gone.
            imports: that stay.
            properties: of `Module` that stay, besides those that the glue itself names.
        """
        kept = {name: place for name, place in self._variables.items() if name in imports}
        typed = frozenset(kept.values())
        known = self._properties | properties
        text = _EXPORTS.sub(lambda found: _assigned(found[0], exports), self._text)
        text = _SIGNATURE.sub(lambda found: "" if found[1] in exports else found[0], text)
        listed = ",".join(f"{name}:{place}" for name, place in kept.items())
        text = _IMPORTS.sub(lambda _: listed, text)
        text = _PROPERTY.sub(lambda found: found[0] if found[1] in known else "", text)
        return _TYPE.sub(lambda found: found[0] if found[1] in typed else "", text)


def _assigned(statements: str, gone: AbstractSet[str]) -> str:
    return ";".join(
        statement
        for statement in statements.split(";")
        if not (found := _EXPORT.search(statement)) or found[1] not in gone
    )
