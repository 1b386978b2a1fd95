"""Work out signatures that choose by key: `on<K extends keyof M>(type: K, f: (e: M[K]) => void)`.

Where Python receives `M[K]` (a result, an argument of its callback), the choice is worth an
overload for each key. Where Python only gives it, one signature with all keys is enough.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from .lookup import Lookup
from .model import (
    Function,
    Index,
    KeyOf,
    Keyword,
    Literal,
    Member,
    Ref,
    Signature,
    Type,
    TypeParam,
    Union,
    Var,
    substitute,
    transform,
    walk,
)
from .world import Alias, Shape, World, arguments

_STRING = Keyword("string")


class Overloads:
    """Expands the methods of every shape and every function."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lookup = Lookup(world)

    def run(self) -> None:
        for shape in self.world.shapes.values():
            defaults = arguments(shape.params, ())
            inherited = tuple(self.inherited(shape))
            shape.members = (*inherited, *self.members(shape.members, defaults))
            shape.members = self.indexed(shape, shape.members)
        for alias in self.world.aliases.values():
            alias.type = transform(alias.type, self.lookup.index)

    def indexed(self, shape: Shape, members: tuple[Member, ...]) -> tuple[Member, ...]:
        """Work out what is left of `Shape["member"]`."""
        shape.bases = transform(shape.bases, self.lookup.index)
        return transform(members, self.lookup.index)

    def inherited(self, shape: Shape) -> Iterator[Member]:
        """Yield the methods of a base that choose by the keys this shape fills in.

        `WebSocket extends EventTarget<WebSocketEventMap>` gets `addEventListener` for each event
        of that map, and for any other event as `EventTarget` has it.
        """
        for base in shape.bases:
            if not isinstance(base, Ref) or base.name not in self.world.shapes or not base.args:
                continue
            declared = self.world.shapes[base.name]
            values = arguments(declared.params, base.args)
            maps = {name for name, value in values.items() if self.world.members(value)}
            for member in declared.origin.members:
                if chooses_by(member.signature, maps):
                    yield from self.members((member,), values)
                    yield from self.members((member,), arguments(declared.params, ()))

    def members(self, members: tuple[Member, ...], values: dict[str, Type]) -> tuple[Member, ...]:
        found: list[Member] = []
        for member in members:
            if member.signature and any(
                isinstance(part, KeyOf | Index) for part in walk(member.signature)
            ):
                signatures = self.signatures(member.signature, values)
                found += [dataclasses.replace(member, signature=each) for each in signatures]
            else:
                found.append(member)
        return tuple(found)

    def signatures(self, signature: Signature, values: dict[str, Type]) -> list[Signature]:
        """Expand one signature; `values` says what the parameters of its class stand for."""
        filled = self.fill(signature, values)
        for param in filled.type_params:
            if not isinstance(param.bound, KeyOf):
                continue
            rest = tuple(other for other in filled.type_params if other is not param)
            bare = Signature(rest, filled.params, filled.result)
            keys = self.world.keys(param.bound)
            if keys is None:
                return [self.with_key(bare, param, _STRING)]
            if self.receives(bare, param):
                return [self.with_key(bare, param, Literal(key)) for key in keys]
            return [self.with_key(bare, param, self.any_key(param.bound.type, keys))]
        return [transform(filled, self.lookup.index)]

    def any_key(self, holder: Type, keys: tuple[str, ...]) -> Type:
        """Name the union of all keys after what they are keys of."""
        union = Union(tuple(Literal(key) for key in keys))
        if not isinstance(holder, Ref) or holder.name not in self.world.shapes:
            return union
        name = f"{holder.name}Key"
        if name not in self.world.shapes and name not in self.world.aliases:
            origin = self.world.shapes[holder.name].origin
            self.world.aliases[name] = Alias(name, origin, (), union)
        return Ref(name)

    def fill(self, signature: Signature, values: dict[str, Type]) -> Signature:
        """Fill in those class parameters that keys are taken of."""
        keyed: set[str] = set()
        for part in walk(signature):
            holder = part.type if isinstance(part, KeyOf) else None
            holder = part.object if isinstance(part, Index) else holder
            if isinstance(holder, Var):
                keyed.add(holder.name)
        return substitute(signature, {k: v for k, v in values.items() if k in keyed})

    def receives(self, signature: Signature, param: TypeParam) -> bool:
        """Tell whether Python gets what is indexed by a parameter: as result or in a callback."""
        callbacks = [given.type for given in signature.params if self.called_back(given.type)]
        return any(
            isinstance(part, Index) and Var(param.name) in set(walk(part))
            for node in (signature.result, *callbacks)
            for part in walk(node)
        )

    def called_back(self, type_: Type) -> bool:
        """Tell whether giving a value of this type lets JS call Python."""
        match type_:
            case Function():
                return True
            case Union(items):
                return any(self.called_back(item) for item in items)
            case Ref(name) if name in self.world.aliases:
                return self.called_back(self.world.aliases[name].type)
            case Ref(name) if name in self.world.shapes:
                return any(member.signature for member in self.world.shapes[name].origin.members)
            case _:
                return False

    def with_key(self, signature: Signature, param: TypeParam, key: Type) -> Signature:
        return transform(substitute(signature, {param.name: key}), self.lookup.index)


def chooses_by(signature: Signature | None, names: set[str]) -> bool:
    """Tell whether a type parameter of a signature ranges over the keys of one of these."""
    return signature is not None and any(
        isinstance(param.bound, KeyOf)
        and isinstance(param.bound.type, Var)
        and param.bound.type.name in names
        for param in signature.type_params
    )
