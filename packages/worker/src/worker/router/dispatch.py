"""Which entry answers a method and a path: the order of the crate, and the opt-in answers."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from worker.router import answers
from worker.router.entry import Entry, HeadEntry
from worker.router.matcher import Conflict, Slot, TrieMatcher
from worker.router.pattern import Param, Pattern

if TYPE_CHECKING:
    from worker.router.router import Router

__all__ = ["Tables"]

# A path that has only these does not "exist" for another method: the crate's rule.
_WEAK: Final = frozenset({"HEAD", "OPTIONS", "TRACE"})
_DEFAULTS: Final = {
    "not_found": answers.not_found,
    "method_not_allowed": answers.method_not_allowed,
    "options": answers.options,
}
# No pattern can name a parameter so.
_REST: Final = Param("*", "path")

type Match = tuple[Entry, Sequence[tuple[str, Slot]], Sequence[str], Sequence[str]]
"""An entry, its parameters' slots, the path's segments they cut, and the methods a path has."""

type Scopes = tuple[Router[Any], ...]


class Tables:
    """The routes of a router: one matcher a method, one for the last resort, one for mounts."""

    __slots__ = (
        "_auto_head",
        "_auto_options",
        "_fallback",
        "_heads",
        "_mounts",
        "_own",
        "_prefixes",
        "_router",
        "_trees",
    )

    def __init__(self, router: Router[Any], *, auto_head: bool, auto_options: bool) -> None:
        self._router = router
        self._auto_head = auto_head
        self._auto_options = auto_options
        self._trees: dict[str, TrieMatcher[Entry]] = {}
        self._fallback: TrieMatcher[Entry] = TrieMatcher()
        self._prefixes: TrieMatcher[Scopes] = TrieMatcher()
        self._mounts: list[tuple[Pattern, Scopes]] = []
        self._own: dict[tuple[str, Scopes], Entry] = {}
        self._heads: dict[Entry, HeadEntry] = {}

    def insert(self, method: str, pattern: Pattern, entry: Entry) -> None:
        """Add a route; an empty method is the last resort. May raise `Conflict`."""
        tree = self._trees.setdefault(method, TrieMatcher()) if method else self._fallback
        tree.insert(pattern, entry)

    def add_mount(self, base: Pattern, inner: Tables) -> None:
        """Remember which routers stand around the paths below a prefix that no route matches."""
        self._add_prefix(base, (self._router, inner._router))
        for pattern, scopes in inner._mounts:
            self._add_prefix(pattern.under(base), (self._router, *scopes))

    def match(self, method: str, path: str) -> Match:
        """What answers: always something."""
        tree = self._trees.get(method)
        if tree is not None:
            found = tree.find(path)
            if found is not None:
                leaf, parts = found
                return leaf.value, leaf.slots, parts, ()
        return self._missed(method, path)

    def _missed(self, method: str, path: str) -> Match:
        if method == "HEAD" and self._auto_head and "GET" in self._trees:
            found = self._trees["GET"].find(path)
            if found is not None:
                leaf, parts = found
                return self._head_of(leaf.value), leaf.slots, parts, ()
        others = [(verb, tree) for verb, tree in self._trees.items() if verb != method]
        here = [verb for verb, tree in others if tree.find(path) is not None]
        if here and method == "OPTIONS" and self._auto_options:
            return self._answer("options", path, self._allowed(here))
        if not _WEAK.issuperset(here):
            return self._answer("method_not_allowed", path, self._allowed(here))
        found = self._fallback.find(path)
        if found is not None:
            leaf, parts = found
            return leaf.value, leaf.slots, parts, ()
        return self._answer("not_found", path, ())

    def _allowed(self, here: list[str]) -> list[str]:
        extra = ["HEAD"] if self._auto_head and "GET" in here else []
        if self._auto_options:
            extra.append("OPTIONS")
        return sorted({*here, *extra})

    def _head_of(self, entry: Entry) -> HeadEntry:
        head = self._heads.get(entry)
        if head is None:
            head = self._heads[entry] = HeadEntry(entry.handler, entry.scopes, entry.route)
        return head

    def _answer(self, what: str, path: str, allowed: Sequence[str]) -> Match:
        """An answer that no route gives, inside the routers mounted around the path."""
        scopes: Scopes = (self._router,)
        slots: Sequence[tuple[str, Slot]] = ()
        parts: Sequence[str] = ()
        found = self._prefixes.find(path) if self._mounts else None
        if found is not None:
            leaf, parts = found
            scopes = leaf.value
            slots = [slot for slot in leaf.slots if slot[0] != _REST.name]
        entry = self._own.get((what, scopes))
        if entry is None:
            chosen = [s.handlers[what] for s in reversed(scopes) if what in s.handlers]
            entry = Entry(chosen[0] if chosen else _DEFAULTS[what], scopes)
            self._own[what, scopes] = entry
        return entry, slots, parts, allowed

    def _add_prefix(self, base: Pattern, scopes: Scopes) -> None:
        self._mounts.append((base, scopes))
        stem = base.segments[:-1] if base.segments[-1] == "" else base.segments
        for segments, tail in ((base.segments, None), ((*stem, ""), None), (stem, _REST)):
            # Of two routers at one prefix the first answers what neither has a route for.
            with contextlib.suppress(Conflict):
                self._prefixes.insert(Pattern(base.text, segments, tail), scopes)
