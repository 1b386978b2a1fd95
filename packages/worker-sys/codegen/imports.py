"""The names a module uses from elsewhere, spelled so that nothing in a class hides them."""

from __future__ import annotations

import io
import tokenize
from collections import defaultdict

from .names import Names


class Imports:
    """Collects what one module imports.

    Attributes:
        hiding: the names of the members of the class being written. Inside a class body they come
            before the module's names, so a name among them is reached through an alias.
    """

    def __init__(self, area: str, names: Names) -> None:
        self.area = area
        self.names = names
        self.hiding: frozenset[str] = frozenset()
        self._from: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._aliases: set[str] = set()

    def use(self, module: str, name: str) -> str:
        """Use a name of the standard library."""
        # `collections.abc.Set` beside our own `es.Set` would read as the builtin.
        spelled = "AbstractSet" if (module, name) == ("collections.abc", "Set") else name
        if spelled in self.hiding:
            spelled = f"_{name}"
        self._from[module].add((name, spelled))
        return spelled

    def spelled(self, name: str) -> str:
        """Spell a name of the standard library without using it yet."""
        return f"_{name}" if name in self.hiding else name

    def es(self, name: str) -> str:
        """Use a builtin of JavaScript."""
        self._from["."].add(("es", "es"))
        return f"es.{name}"

    def builtin(self, name: str) -> str:
        """Use a builtin of Python."""
        return self._alias(name) if name in self.hiding else name

    def declared(self, name: str, way: str) -> str:
        """Use a generated declaration."""
        area, spelled = self.names.of(name, way)
        if area == self.area:
            return self._alias(spelled) if spelled in self.hiding else spelled
        local = spelled
        if self.names.is_ambiguous(spelled):
            local = f"_{area}_{spelled}"
        elif spelled in self.hiding:
            local = f"_{spelled}"
        self._from[f".{area}"].add((spelled, local))
        return local

    def header(self, text: str) -> list[str]:
        """Write the import statements for what a module's text really uses."""
        used = _names(text)
        for module, names in list(self._from.items()):
            self._from[module] = {pair for pair in names if pair[1] in used}
            if not self._from[module]:
                del self._from[module]
        outside = sorted(module for module in self._from if not module.startswith("."))
        inside = sorted(module for module in self._from if module.startswith("."))
        lines = [self._statement(module) for module in outside]
        return [*lines, *([""] if outside and inside else []), *map(self._statement, inside)]

    def footer(self, text: str) -> list[str]:
        """Write the aliases of names that some class hides."""
        used = _names(text)
        return [f"_{name} = {name}" for name in sorted(self._aliases) if f"_{name}" in used]

    def _alias(self, name: str) -> str:
        self._aliases.add(name)
        return f"_{name}"

    def _statement(self, module: str) -> str:
        names = [
            name if name == local else f"{name} as {local}"
            for name, local in sorted(self._from[module])
        ]
        one_line = f"from {module} import {', '.join(names)}"
        if len(one_line) <= 100:
            return one_line
        return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])


def _names(text: str) -> set[str]:
    """List the names in a module, those in its strings left out."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}
