"""Finding the route of a path, at a cost that does not grow with the number of routes.

A path without parameters is one dict look-up. Any other is split at `/` and walked down a trie of
segments; the walk collects nothing, because a leaf knows at which positions its parameters stand.

At each segment fixed text is tried first, then parameters with fixed text around them (the longest
first), then those held to a form, then plain ones, and last a wildcard. When the walk fails below
one of them the next is tried, so that `/a/:x/c` is found for `/a/b/c` although `/a/b/d` exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from worker.router.pattern import CHECKS, Check, Param, Pattern

__all__ = ["Conflict", "Found", "Leaf", "Matcher", "Slot", "TrieMatcher"]

_RANK: Final = {form: rank for rank, form in enumerate((*CHECKS, "str"))}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a parameter stands: a segment's index, the fixed text around it, or the whole rest."""

    index: int
    before: int = 0
    after: int = 0
    is_tail: bool = False

    def cut(self, parts: Sequence[str]) -> str:
        """The raw value, out of a path split at `/`."""
        if self.is_tail:
            return "/".join(parts[self.index :])
        part = parts[self.index]
        return part[self.before : len(part) - self.after]


class Leaf[T]:
    """The end of a route: its value, and where its parameters stand."""

    __slots__ = ("pattern", "slots", "value")

    def __init__(self, pattern: Pattern, value: T) -> None:
        self.pattern = pattern
        self.value = value
        self.slots = _slots(pattern)


type Found[T] = tuple[Leaf[T], Sequence[str]]
"""A route, and the segments of the path that its slots cut."""


class Conflict(Exception):  # noqa: N818 (caught where it arises, and told as RouteInsertError)
    """Another route matches the very same paths."""

    def __init__(self, pattern: Pattern) -> None:
        super().__init__(pattern.text)
        self.pattern = pattern


class Matcher[T](Protocol):
    """What a router needs of an algorithm; one conformance suite holds for all of them."""

    def insert(self, pattern: Pattern, value: T) -> None:
        """Add a route, or raise `Conflict`."""
        ...

    def find(self, path: str) -> Found[T] | None:
        """The route of a raw path."""
        ...


class _Edges[T]:
    """Parameters of one shape below a node: same lengths of fixed text, same form."""

    __slots__ = ("after", "before", "check", "table")

    def __init__(self, before: int, after: int, check: Check | None) -> None:
        self.before = before
        self.after = after
        self.check = check
        self.table: dict[tuple[str, str], _Node[T]] = {}

    def get(self, part: str) -> _Node[T] | None:
        end = len(part) - self.after
        if end <= self.before:
            return None
        node = self.table.get((part[: self.before], part[end:]))
        if node is None or self.check is None or self.check(part[self.before : end]):
            return node
        return None


class _Node[T]:
    __slots__ = ("above", "children", "edges", "leaf", "param", "shapes", "tail")

    def __init__(self, above: Leaf[T] | None = None) -> None:
        # The nearest wildcard on the way here: what a walk that finds no way returns.
        self.above = above
        self.children: dict[str, _Node[T]] = {}
        self.param: _Node[T] | None = None
        self.edges: list[_Edges[T]] = []
        self.shapes: dict[tuple[int, int, int, str], _Edges[T]] = {}
        self.leaf: Leaf[T] | None = None
        self.tail: Leaf[T] | None = None

    @property
    def is_fork(self) -> bool:
        """Whether a segment may lead to more than one child."""
        return bool(self.edges) or (self.param is not None and bool(self.children))

    def child(self, segment: str | Param) -> _Node[T]:
        """The child for a segment, made when it is new."""
        above = self.tail or self.above
        if isinstance(segment, str):
            return self.children.setdefault(segment, _Node(above))
        if segment.form == "str" and not segment.prefix and not segment.suffix:
            if self.param is None:
                self.param = _Node(above)
            return self.param
        before, after = len(segment.prefix), len(segment.suffix)
        shape = (-before, -after, _RANK[segment.form], segment.form)
        edges = self.shapes.get(shape)
        if edges is None:
            edges = self.shapes[shape] = _Edges(before, after, CHECKS.get(segment.form))
            self.edges = [self.shapes[key] for key in sorted(self.shapes)]
        return edges.table.setdefault((segment.prefix, segment.suffix), _Node(above))

    def set_tail(self, leaf: Leaf[T]) -> None:
        """Add a wildcard, and tell the nodes below, down to the next wildcard."""
        self.tail = leaf
        below: list[_Node[T]] = [self]
        while below:
            node = below.pop()
            children = [*node.children.values()]
            if node.param is not None:
                children.append(node.param)
            for edges in node.edges:
                children.extend(edges.table.values())
            for child in children:
                child.above = leaf
                if child.tail is None:
                    below.append(child)


class TrieMatcher[T]:
    """A dict of static paths, and a trie of segments for the others."""

    __slots__ = ("_forks", "_root", "_static")

    def __init__(self) -> None:
        self._static: dict[str, Leaf[T]] = {}
        self._root: _Node[T] = _Node()
        self._forks = False

    def insert(self, pattern: Pattern, value: T) -> None:
        """Add a route.

        Raises:
            Conflict: another route has the same shape; parameters' names do not tell them apart.
        """
        leaf = Leaf(pattern, value)
        if pattern.is_static:
            other = self._static.setdefault(pattern.static_path, leaf)
        else:
            other = self._insert_below_root(pattern, leaf)
        if other is not leaf:
            raise Conflict(other.pattern)

    def _insert_below_root(self, pattern: Pattern, leaf: Leaf[T]) -> Leaf[T]:
        node = self._root
        for segment in pattern.segments:
            child = node.child(segment)
            self._forks = self._forks or node.is_fork
            node = child
        if pattern.tail is not None:
            if node.tail is None:
                node.set_tail(leaf)
            return node.tail or leaf
        node.leaf = node.leaf or leaf
        return node.leaf

    def find(self, path: str) -> Found[T] | None:
        """The route of a raw path, None when there is none."""
        leaf = self._static.get(path)
        if leaf is not None:
            return leaf, ()
        if path[:1] != "/":
            return None
        parts = path[1:].split("/")
        leaf = _explore(self._root, parts, 0) if self._forks else _walk(self._root, parts)
        return None if leaf is None else (leaf, parts)


def _walk[T](node: _Node[T], parts: list[str]) -> Leaf[T] | None:
    """Follow the only way there is; the last wildcard passed takes what has no way."""
    start = node
    for part in parts:
        child = node.children.get(part)
        if child is None:
            child = node.param
            if not part:
                # Whether a wildcard here would take nothing depends on what follows.
                return _explore(start, parts, 0)
            if child is None:
                return node.tail or node.above
        node = child
    return node.leaf or node.above


def _explore[T](node: _Node[T], parts: list[str], index: int) -> Leaf[T] | None:
    """Try every way, the most particular first. Each node of the trie is entered at most once."""
    if index == len(parts):
        return node.leaf
    part = parts[index]
    child = node.children.get(part)
    if child is not None:
        leaf = _explore(child, parts, index + 1)
        if leaf is not None:
            return leaf
    for edges in node.edges:
        child = edges.get(part)
        if child is not None:
            leaf = _explore(child, parts, index + 1)
            if leaf is not None:
                return leaf
    if part and node.param is not None:
        leaf = _explore(node.param, parts, index + 1)
        if leaf is not None:
            return leaf
    if node.tail is not None and (part or index + 1 < len(parts)):
        return node.tail
    return None


def _slots(pattern: Pattern) -> tuple[tuple[str, Slot], ...]:
    slots = [
        (segment.name, Slot(index, len(segment.prefix), len(segment.suffix)))
        for index, segment in enumerate(pattern.segments)
        if isinstance(segment, Param)
    ]
    if pattern.tail is not None:
        slots.append((pattern.tail.name, Slot(len(pattern.segments), is_tail=True)))
    return tuple(slots)
