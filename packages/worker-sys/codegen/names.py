"""What Python calls a declaration, and in which module it stands."""

from __future__ import annotations

import keyword
import re

from .areas import Areas
from .hoist import pascal
from .lower import GLOBALS
from .polarity import GIVEN, Polarity
from .world import Alias, Shape, World

GLOBALS_AREA = "globals"
# Names that mean something in every module.
_TAKEN = frozenset(
    {"Any", "Protocol", "TypedDict", "Literal", "Never", "Self", "Callable", "Buffer"}
)


class Names:
    """Assigns each shape and alias its module and its name, one for each way it is written."""

    def __init__(self, world: World, polarity: Polarity) -> None:
        self.world = world
        self.polarity = polarity
        self.areas = Areas(world.declarations)
        self._names: dict[str, tuple[str, str]] = {}
        self._given: dict[str, str] = {}
        self._used: set[tuple[str, str]] = set()
        everything = reached(world, polarity)
        for item in everything:
            area = GLOBALS_AREA if item.name == GLOBALS else self.areas.of(item.origin)
            self._names[item.name] = area, self._claim(area, item.name)
        for item in everything:
            if polarity.both(item.name):
                area, name = self._names[item.name]
                suffix = "Dict" if item.name in world.shapes else "Arg"
                self._given[item.name] = self._claim(area, f"{name}{suffix}")
        spelled = [name for _, name in self._names.values()] + list(self._given.values())
        self._ambiguous = {name for name in spelled if spelled.count(name) > 1}

    def of(self, name: str, way: str) -> tuple[str, str]:
        """Return the module and the name of what a reference means, crossing a given way."""
        area, plain = self._names[name]
        return area, self._given.get(name, plain) if way == GIVEN else plain

    def is_ambiguous(self, name: str) -> bool:
        """Tell whether two modules have this name, so that importing it would mislead."""
        return name in self._ambiguous

    def _claim(self, area: str, name: str) -> str:
        space, _, last = name.rpartition(".")
        plain = identifier(re.sub(r"\W", "", last))
        claimed = plain
        if (area, claimed) in self._used or claimed in _TAKEN:
            claimed = f"{pascal(space) or pascal(area)}{plain}"
        while (area, claimed) in self._used:
            claimed += "_"
        self._used.add((area, claimed))
        return claimed


def reached(world: World, polarity: Polarity) -> list[Shape | Alias]:
    """List what is written: all that is declared, and what got a name because it is used."""
    everything = [*world.shapes.values(), *world.aliases.values()]
    return [item for item in everything if item.name in polarity.ways]


def identifier(name: str) -> str:
    """Spell a name that Python reserves as Pyodide does: `from` is `from_`."""
    return f"{name}_" if keyword.iskeyword(name) else name
