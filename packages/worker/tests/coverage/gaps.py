"""What the package does not name, of all that a published interface takes and gives."""

from __future__ import annotations

import named
import published
from codegen import model
from wrapped import ELSEWHERE, LEFT_OUT, THROUGH_RPC, WRAPPED


def gaps(interface: str) -> set[str]:
    """The members that nothing names, as paths: `R2Bucket.get(options).range`."""
    return {_without_details(path) for path in searched(interface).missing}


def searched(interface: str) -> Search:
    """All that an interface leads to, looked for in what wraps it."""
    module, *classes = WRAPPED[interface]
    unit = f"worker.{module}"
    own = frozenset[named.Place]().union(*(named.of_class(*_found(unit, each)) for each in classes))
    search = Search(unit)
    used = named.closure(own, unit)
    # Members of the binding itself are named by its class, or by functions: not by other classes.
    beside = frozenset(place for place in used if place in own or not place.owner)
    for member in published.members(interface):
        search.member(interface, member, beside, fields=False)
    return search


def _without_details(path: str) -> str:
    """A path, or the whole that it is a detail of, where that is left out as one."""
    wholes = (each for each in LEFT_OUT if each.endswith(".*") and path.startswith(each[:-1]))
    return next(wholes, path)


def _found(unit: str, name: str) -> tuple[str, str]:
    modules = (each for each in named.modules() if each == unit or each.startswith(f"{unit}."))
    return next((each, name) for each in modules if name in named.modules()[each].classes)


type Scope = frozenset[named.Place]


class Search:
    """Goes from a published member to what it leads to, and from its wrapper to what that uses.

    Attributes:
        found: the paths of the members that something names.
        missing: those of the members that nothing names.
        elsewhere: the types met that are no part of this interface.
    """

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.found: set[str] = set()
        self.missing: set[str] = set()
        self.elsewhere: set[str] = set()
        self._seen: set[tuple[model.Type, Scope]] = set()

    def member(self, path: str, member: model.Member, scope: Scope, *, fields: bool) -> None:
        if member.kind == "new" or member.type == model.Keyword("never"):
            return
        fields = fields or any(map(named.by_fields, scope))
        if member.name and not member.name.startswith("["):
            path = f"{path}.{member.name}"
            found = named.naming(scope, member.name, method=member.kind == "method")
            if fields:
                found |= named.fields(scope, member.name)
            if not found:
                self.missing.add(path)
                return
            self.found.add(path)
            scope = named.closure(found, self.unit)
        for place, type in published.parts(member):
            self.type(path + place, type, scope, fields=fields)

    def type(self, path: str, type: model.Type, scope: Scope, *, fields: bool) -> None:
        if isinstance(type, model.Ref) and type.name in {*WRAPPED, *ELSEWHERE, *THROUGH_RPC}:
            self.elsewhere.add(type.name)
            return
        if (type, scope) not in self._seen:
            self._seen.add((type, scope))
            for member in published.of_type(type):
                self.member(path, member, scope, fields=fields)
