"""Everything known about the file at once, and the questions the steps ask of it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from dataclasses import dataclass, field

from .model import (
    Declaration,
    Function,
    Intersection,
    KeyOf,
    Keyword,
    Literal,
    Mapped,
    Member,
    Object,
    Ref,
    Type,
    TypeParam,
    Union,
    substitute,
)

ANY = Keyword("any")
EMPTY = Object(())
_OPTIONALITY = {"Partial": True, "Required": False}


@dataclass(slots=True)
class Shape:
    """A class, an interface, or an object type that has a name by now.

    Attributes:
        origin: the declaration of the file it comes from, for the report and for its place.
        bases: what it inherits, as references to other shapes or builtins.
        parts: for the object that a namespace is, where each member is declared.
        is_class: it exists at run time, as the constructor of its instances.
    """

    name: str
    origin: Declaration
    params: tuple[TypeParam, ...]
    members: tuple[Member, ...]
    bases: tuple[Type, ...] = ()
    doc: str = ""
    is_class: bool = False
    parts: dict[str, Declaration] = field(default_factory=dict[str, Declaration])


@dataclass(slots=True)
class Alias:
    """A name for a type that is no shape: a union, a literal, a function type."""

    name: str
    origin: Declaration
    params: tuple[TypeParam, ...]
    type: Type
    doc: str = ""


@dataclass(slots=True)
class World:
    """The declarations, worked on step by step, and the notes for the report.

    Attributes:
        values: functions (overloads in order) and variables by name, each as declared and as
            worked on.
    """

    declarations: list[Declaration]
    shapes: dict[str, Shape] = field(default_factory=dict[str, Shape])
    aliases: dict[str, Alias] = field(default_factory=dict[str, Alias])
    values: dict[str, list[tuple[Declaration, Declaration]]] = field(
        default_factory=dict[str, list[tuple[Declaration, Declaration]]]
    )
    notes: dict[Declaration, dict[str, None]] = field(
        default_factory=lambda: defaultdict[Declaration, dict[str, None]](dict)
    )

    def note(self, origin: Declaration, reason: str) -> None:
        """Record that a declaration is approximated, and why."""
        self.notes[origin][reason] = None

    def expand(self, ref: Ref) -> Type | None:
        """Return what an alias stands for, with its parameters filled in; None when it is none."""
        alias = self.aliases.get(ref.name)
        return substitute(alias.type, arguments(alias.params, ref.args)) if alias else None

    def members(self, type_: Type) -> tuple[Member, ...] | None:
        """Return the members of a type, inherited ones first; None when it is not a shape."""
        match type_:
            case Object(members):
                return members
            case Ref(name) if name in self.shapes:
                return self._shape_members(type_)
            case Ref(name) if name in self.aliases:
                expanded = self.expand(type_)
                return self.members(expanded) if expanded else None
            case Ref():
                return self._utility(type_)
            case Mapped():
                return self._mapped(type_)
            case Intersection(items):
                parts = [self.members(item) for item in items]
                known = [part for part in parts if part is not None]
                return merge(*known) if known else None
            case _:
                return None

    def member_type(self, type_: Type, key: str) -> Type | None:
        """Return the type of one property of a shape."""
        for member in self.members(type_) or ():
            if member.name == key:
                return Function(member.signature) if member.signature else member.type
        return None

    def keys(self, type_: Type) -> tuple[str, ...] | None:
        """Return the strings a type of keys consists of; None when they cannot be listed."""
        match type_:
            case Literal(str() as value):
                return (value,)
            case Union(items):
                parts = [self.keys(item) for item in items]
                if any(part is None for part in parts):
                    return None
                return tuple(key for part in parts for key in part or ())
            case KeyOf(inner):
                members = self.members(inner)
                if not members or any(member.kind == "index" for member in members):
                    return None
                return tuple(member.name for member in members)
            case Ref("Exclude", (kept, dropped)):
                return self._without(self.keys(kept), self.keys(dropped))
            case Ref(name) if name in self.aliases:
                expanded = self.expand(type_)
                return self.keys(expanded) if expanded else None
            case _:
                return None

    @staticmethod
    def _without(
        kept: tuple[str, ...] | None, dropped: tuple[str, ...] | None
    ) -> tuple[str, ...] | None:
        if kept is None or dropped is None:
            return None
        return tuple(key for key in kept if key not in dropped)

    def _shape_members(self, ref: Ref) -> tuple[Member, ...]:
        shape = self.shapes[ref.name]
        values = arguments(shape.params, ref.args)
        inherited = [self.members(base) or () for base in shape.bases]
        own = tuple(member for member in shape.members if not member.static)
        return substitute(merge(*inherited, own), values)

    def _utility(self, ref: Ref) -> tuple[Member, ...] | None:
        if not ref.args:
            return None
        if ref.name == "Record":
            keys = self.keys(ref.args[0])
            if keys is None:
                return (Member("index", "", ref.args[1]),)
            return tuple(Member("property", key, ref.args[1]) for key in keys)
        members = self.members(ref.args[0])
        if members is None:
            return None
        if ref.name in _OPTIONALITY:
            optional = _OPTIONALITY[ref.name]
            return tuple(dataclasses.replace(member, optional=optional) for member in members)
        if ref.name in {"Pick", "Omit"}:
            keys = self.keys(ref.args[1])
            if keys is None:
                return None
            wanted = ref.name == "Pick"
            return tuple(member for member in members if (member.name in keys) is wanted)
        # `Exclude` is about the parts of a union: of one object type it takes nothing away.
        return members if ref.name in {"Readonly", "NonNullable", "Exclude"} else None

    def _mapped(self, mapped: Mapped) -> tuple[Member, ...] | None:
        keys = self.keys(mapped.keys)
        if keys is None:
            return None
        return tuple(
            Member(
                "property",
                key,
                substitute(mapped.type, {mapped.param: Literal(key)}),
                optional=mapped.optional,
            )
            for key in keys
        )


def arguments(params: tuple[TypeParam, ...], args: tuple[Type, ...]) -> dict[str, Type]:
    """Pair type parameters with what was given for them, else with their default."""
    values: dict[str, Type] = {}
    for position, param in enumerate(params):
        if position < len(args):
            values[param.name] = args[position]
        else:
            values[param.name] = substitute(param.default or ANY, values)
    return values


def merge(*groups: tuple[Member, ...]) -> tuple[Member, ...]:
    """Join groups of members: a name of a later group replaces that name of an earlier one."""
    merged: tuple[Member, ...] = ()
    for group in groups:
        names = {member.name or member.kind for member in group}
        kept = (member for member in merged if (member.name or member.kind) not in names)
        merged = (*kept, *group)
    return merged
