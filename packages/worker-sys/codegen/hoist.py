"""Give a name to every anonymous shape, so that each is declared once and referred to.

`put(key: string, options?: { ttl: number })` of `Store` becomes a shape `StorePutOptions` and a
reference to it. Python has no anonymous object types.
"""

from __future__ import annotations

import dataclasses
import re

from .model import (
    Conditional,
    Declaration,
    Function,
    Intersection,
    Keyword,
    Mapped,
    Member,
    Object,
    Param,
    Ref,
    Signature,
    Tuple,
    TupleItem,
    Type,
    TypeParam,
    Union,
    Var,
    free_variables,
)
from .world import Alias, Shape, World

_UTILITIES = frozenset({"Partial", "Required", "Readonly", "Pick", "Omit"})

# What the anonymous shapes inside a collection are called.
_PARTS = {"Array": "Item", "ReadonlyArray": "Item", "Record": "Value"}


class Hoister:
    """Hoists the anonymous shapes of one declaration after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.content: dict[str, Type] = {}
        self.declared = {declaration.name for declaration in world.declarations}
        self.origin = world.declarations[0]
        self.scope: dict[str, TypeParam] = {}

    def run(self, origin: Declaration) -> None:
        """Enter a declaration into the world, its anonymous shapes beside it."""
        self.origin = origin
        self.scope = {param.name: param for param in origin.type_params}
        match origin.kind:
            case "class" | "interface":
                self.world.shapes[origin.name] = Shape(
                    origin.name,
                    origin,
                    self.type_params(origin.type_params, origin.name),
                    self.members(origin.members, origin.name),
                    tuple(self.type(base, f"{origin.name}Base") for base in origin.extends),
                    origin.doc,
                    is_class=origin.kind == "class",
                )
            case "alias" if origin.type:
                self.world.aliases[origin.name] = Alias(
                    origin.name,
                    origin,
                    self.type_params(origin.type_params, origin.name),
                    self.body(origin.type, origin.name),
                    origin.doc,
                )
            case "var" if origin.type:
                self.value(origin, type=self.constructor_or_type(origin.type, origin.name))
            case "function" if origin.signature:
                path = f"{self.origin.space}{pascal(origin.name.rpartition('.')[2])}"
                self.value(origin, signature=self.signature(origin.signature, path))
            case _:
                pass

    def value(self, origin: Declaration, **changes: Type | Signature) -> None:
        """Enter a function or a variable."""
        found = dataclasses.replace(origin, **changes)
        self.world.values.setdefault(origin.name, []).append((origin, found))

    def constructor_or_type(self, type_: Type, path: str) -> Type:
        """Name the object with `new` that a variable beside an interface of its name holds."""
        if isinstance(type_, Object) and any(member.kind == "new" for member in type_.members):
            name = f"{path}Constructor"
            members = tuple(m for m in type_.members if m.name != "prototype")
            hoisted = self.members(members, path)
            self.world.shapes[name] = Shape(name, self.origin, (), hoisted, doc=self.origin.doc)
            return Ref(name)
        return self.type(type_, path)

    def body(self, type_: Type, path: str) -> Type:
        """Hoist what is inside the body of an alias; the body itself has the alias's name."""
        match type_:
            case Object(members):
                return Object(self.members(members, path))
            case Intersection(items):
                return simplified(Intersection(tuple(self.body(item, path) for item in items)))
            case Mapped(param, keys, value, optional):
                return Mapped(param, keys, self.type(value, f"{path}Value"), optional)
            case Ref(name, args) if name in _UTILITIES:
                return Ref(name, tuple(self.type(arg, path) for arg in args))
            case _:
                return self.type(type_, path)

    def type(self, type_: Type, path: str) -> Type:
        """Hoist from a type, naming what is found after the path to it."""
        match type_:
            case Object(members) if members:
                return self.named(path, Object(self.members(members, path)))
            case Intersection() | Mapped():
                body = self.body(type_, path)
                return self.named(path, body) if isinstance(body, Intersection | Mapped) else body
            case Ref(name, args) if name in _UTILITIES:
                return self.utility(type_, path)
            case Ref(name, args):
                part = f"{path}{_PARTS.get(name, '')}"
                return Ref(name, tuple(self.type(arg, part) for arg in args))
            case Union(items):
                return Union(self.variants(items, path))
            case Tuple(items):
                return Tuple(
                    tuple(
                        TupleItem(self.type(item.type, f"{path}{position}"), item.rest)
                        for position, item in enumerate(items, 1)
                    )
                )
            case Function(signature):
                return Function(self.signature(signature, path))
            case Conditional(check, extends, yes, no):
                return Conditional(check, extends, self.type(yes, path), self.type(no, path))
            case _:
                return type_

    def variants(self, items: tuple[Type, ...], path: str) -> tuple[Type, ...]:
        """Number the anonymous shapes of a union when it has several."""
        anonymous = [item for item in items if isinstance(item, Object | Intersection)]
        several = len(anonymous) > 1
        numbers = iter(range(1, len(items) + 1))
        return tuple(
            self.type(item, f"{path}{next(numbers)}" if several and item in anonymous else path)
            for item in items
        )

    def utility(self, ref: Ref, path: str) -> Type:
        """Name `Partial<Options>` after what it does to which type."""
        if isinstance(ref.args[0], Var):
            return ref.args[0]
        inner = ref.args[0]
        name = f"{ref.name}{inner.name.replace('.', '')}" if isinstance(inner, Ref) else path
        return self.named(name if len(ref.args) == 1 else path, self.body(ref, path))

    def named(self, path: str, body: Type) -> Type:
        """Declare a body under a name of its own, and refer to it."""
        name, number = path, 1
        while self.content.get(name, body) != body or name in self.declared:
            number += 1
            name = f"{path}{number}"
        variables = free_variables(body)
        if name not in self.content:
            self.content[name] = body
            bounds = {name: param.bound for name, param in self.scope.items()}
            params = tuple(TypeParam(variable, bounds.get(variable)) for variable in variables)
            self.world.aliases[name] = Alias(name, self.origin, params, body)
        return Ref(name, tuple(Var(variable) for variable in variables))

    def members(self, members: tuple[Member, ...], path: str) -> tuple[Member, ...]:
        return tuple(self.member(member, f"{path}{pascal(member.name)}") for member in members)

    def member(self, member: Member, path: str) -> Member:
        if member.kind == "index":
            path = f"{path}Value"
        return Member(
            member.kind,
            member.name,
            self.type(member.type, path) if member.type else None,
            self.signature(member.signature, path) if member.signature else None,
            member.optional,
            member.readonly,
            member.static,
            member.protected,
            member.doc,
        )

    def signature(self, signature: Signature, path: str) -> Signature:
        self.scope |= {param.name: param for param in signature.type_params}
        return Signature(
            self.type_params(signature.type_params, path),
            tuple(
                Param(
                    param.name,
                    self.type(param.type, f"{path}{pascal(param.name)}"),
                    param.optional,
                    param.rest,
                )
                for param in signature.params
            ),
            self.type(signature.result, f"{path}Result"),
        )

    def type_params(self, params: tuple[TypeParam, ...], path: str) -> tuple[TypeParam, ...]:
        return tuple(
            TypeParam(
                param.name,
                self.type(param.bound, f"{path}{param.name}") if param.bound else None,
                self.type(param.default, f"{path}{param.name}") if param.default else None,
            )
            for param in params
        )


def simplified(intersection: Intersection) -> Type:
    """Reduce `string & {}`, the idiom for "these strings, or any other", to `string`."""
    for item in intersection.items:
        if isinstance(item, Keyword) and item.name in {"string", "object"}:
            return item
    return intersection


def pascal(name: str) -> str:
    """Spell a member's name as a part of a type's name: `cf-aig-id` is `CfAigId`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[0].upper() + word[1:] for word in words)
