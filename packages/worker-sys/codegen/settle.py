"""Work out what intersections, mapped types and utility types come to.

`{ a: string } & Partial<B>` is one shape with the members of both. `A & (B | C)` is two shapes,
one for each case. What depends on a type parameter cannot be known here: the shape then has the
members that are known and takes any other name, which the report says.
"""

from __future__ import annotations

import itertools

from .lookup import Lookup
from .model import (
    Conditional,
    Function,
    Intersection,
    Keyword,
    Mapped,
    Member,
    Object,
    Ref,
    Type,
    TypeParam,
    Union,
    Var,
    free_variables,
    transform,
    walk,
)
from .world import ANY, Alias, Shape, World, merge

_WORKED_OUT = ("Partial", "Required", "Readonly", "Pick", "Omit")
_MOST_CASES = 12
_OPEN = Member("index", "", ANY)


class Settler:
    """Turns aliases into shapes where that is what they are, each after those it builds on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: set[str] = set()

    def run(self) -> None:
        for name in list(self.world.aliases):
            self.settle(name)

    def settle(self, name: str) -> None:
        alias = self.world.aliases.get(name)
        if alias is None or name in self.done:
            return
        self.done.add(name)
        for part in walk(alias.type):
            if isinstance(part, Ref):
                self.settle(part.name)
        alias.type = transform(alias.type, Lookup(self.world).index)
        match alias.type:
            case Object(members):
                self.become(alias, members)
            case Intersection():
                self.intersection(alias, alias.type)
            case Ref(utility) if utility in _WORKED_OUT:
                self.utility(alias, alias.type)
            case Mapped():
                self.mapped(alias, alias.type)
            case _:
                pass

    def become(self, alias: Alias, members: tuple[Member, ...]) -> None:
        """Replace an alias by a shape of the same name."""
        del self.world.aliases[alias.name]
        self.world.shapes[alias.name] = Shape(
            alias.name, alias.origin, alias.params, members, doc=alias.doc
        )

    def utility(self, alias: Alias, type_: Ref) -> None:
        members = self.world.members(type_)
        if members is not None:
            self.become(alias, members)
        elif type_.name == "Readonly":
            alias.type = type_.args[0]
        else:
            self.give_up(alias, f"`{type_.name}` of a type parameter")

    def mapped(self, alias: Alias, type_: Mapped) -> None:
        members = self.world.members(type_)
        if members is not None:
            self.become(alias, members)
        else:
            self.give_up(alias, "a mapped type over the keys of a type parameter")

    def give_up(self, alias: Alias, reason: str) -> None:
        alias.type = ANY
        self.world.note(alias.origin, f"{reason} is `Any`")

    def intersection(self, alias: Alias, type_: Intersection) -> None:
        cases = self.cases(type_)
        if len(cases) > _MOST_CASES:
            self.world.note(alias.origin, "an intersection of large unions is one open shape")
            cases = [type_.items]
        found = [self.members(alias, parts) for parts in cases]
        if any(members is None for members in found):
            self.no_shape(alias, type_)
        elif len(found) == 1:
            self.become(alias, found[0] or ())
        else:
            alias.type = Union(
                tuple(
                    self.case(alias, number, parts, members or ())
                    for number, (parts, members) in enumerate(zip(cases, found, strict=True), 1)
                )
            )

    def no_shape(self, alias: Alias, type_: Intersection) -> None:
        """Keep the first part that means something in Python."""
        builtin = (part for part in type_.items if isinstance(part, Ref) and not self.known(part))
        variable = (part for part in type_.items if isinstance(part, Var))
        alias.type = next(itertools.chain(builtin, variable), ANY)
        self.world.note(alias.origin, "an intersection keeps its first part that Python can say")

    def known(self, ref: Ref) -> bool:
        return (
            ref.name in self.world.shapes
            or ref.name in self.world.aliases
            or ref.name in {"Pick", "Omit"}
        )

    def case(
        self, alias: Alias, number: int, parts: tuple[Type, ...], members: tuple[Member, ...]
    ) -> Ref:
        """Declare one case of an intersection with a union.

        The anonymous shape that is the variable part of the case already has the name that suits
        the case; nobody else refers to it.
        """
        name = f"{alias.name}{number}"
        own = {part.name for part in parts if isinstance(part, Ref)}
        while name not in own and (name in self.world.shapes or name in self.world.aliases):
            name += "_"
        self.world.aliases.pop(name, None)
        used = free_variables(members)
        params = tuple(TypeParam(p.name, p.bound) for p in alias.params if p.name in used)
        self.world.shapes[name] = Shape(name, alias.origin, params, members, doc=alias.doc)
        return Ref(name, tuple(Var(param.name) for param in params))

    def cases(self, type_: Type) -> list[tuple[Type, ...]]:
        """List the combinations of parts that an intersection stands for."""
        match type_:
            case Intersection(items):
                combinations = itertools.product(*(self.cases(item) for item in items))
                return [tuple(itertools.chain(*parts)) for parts in combinations]
            case Union(items):
                return [case for item in items for case in self.cases(item)]
            case Ref(name) if name in self.world.aliases:
                expanded = self.world.expand(type_)
                is_union = isinstance(expanded, Union)
                return self.cases(expanded) if expanded and is_union else [(type_,)]
            case _:
                return [(type_,)]

    def members(self, alias: Alias, parts: tuple[Type, ...]) -> tuple[Member, ...] | None:
        """Join the members of the parts; None when no part is a shape."""
        groups: list[tuple[Member, ...]] = []
        unknown = False
        for whole in parts:
            unknown = unknown or isinstance(whole, Conditional)
            # The last case is the one that holds when nothing is known of the parameter.
            part = whole.no if isinstance(whole, Conditional) else whole
            if isinstance(part, Function):
                groups.append((Member("call", "", signature=part.signature),))
                continue
            if part in {Keyword("unknown"), Object(())}:
                continue
            members = self.world.members(part)
            if members is None:
                unknown = True
            else:
                groups.append(members)
        if not groups:
            return None
        if unknown:
            self.world.note(
                alias.origin, "members that depend on a type parameter: any other name is `Any`"
            )
            groups.append((_OPEN,))
        return merge(*groups)
