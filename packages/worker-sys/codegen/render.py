"""One declaration as Python writes it: a Protocol, a TypedDict, a type alias."""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from .docs import docstring
from .imports import Imports
from .members import Members
from .model import Keyword, Member, Ref, Type, Var
from .names import identifier
from .parameters import type_params
from .polarity import GIVEN, RECEIVED, Polarity
from .spelling import Types
from .world import Alias, Shape, World, merge


class Renderer:
    """Writes the declarations of one module."""

    def __init__(self, world: World, polarity: Polarity, imports: Imports) -> None:
        self.world = world
        self.polarity = polarity
        self.imports = imports

    def alias(self, alias: Alias) -> Iterator[list[str]]:
        """Write an alias, once for each way it crosses when that makes a difference."""
        ways = self.polarity.ways[alias.name]
        chosen = [RECEIVED, GIVEN] if self.polarity.both(alias.name) else [min(ways)]
        for way in chosen:
            types = Types(self.world, self.imports, alias.origin)
            params = type_params(alias.params, types, way)
            name = self.imports.names.of(alias.name, way)[1]
            text = f"type {name}{params} = {types.write(alias.type, way)}"
            yield [text, *docstring(alias.doc, "")]

    def shape(self, shape: Shape) -> Iterator[list[str]]:
        """Write a shape: a Protocol for what is received, a TypedDict for data that is given."""
        ways = self.polarity.ways[shape.name]
        data = self.polarity.is_data(shape.name)
        if RECEIVED in ways or not data:
            yield self.dictionary(shape) if self.is_dictionary(shape) else self.protocol(shape)
        if GIVEN in ways and data:
            yield self.typed_dict(shape)

    def is_dictionary(self, shape: Shape) -> bool:
        """Tell whether no member of a shape can be written as an attribute."""
        members = shape.members
        return bool(members) and all(
            m.kind == "property" and m.name and m.name[0] != "[" and not is_attribute(m.name)
            for m in members
        )

    def dictionary(self, shape: Shape) -> list[str]:
        types = Types(self.world, self.imports, shape.origin)
        types.note("its keys are no Python names: an `es.Object` of their types")
        self.imports.hiding = frozenset()
        name = self.imports.names.of(shape.name, RECEIVED)[1]
        values = types.union(types.write(m.type or Keyword("any"), RECEIVED) for m in shape.members)
        params = type_params(shape.params, types, RECEIVED)
        text = f"type {name}{params} = {types.record(values, RECEIVED)}"
        return [text, *docstring(shape.doc, "")]

    def protocol(self, shape: Shape) -> list[str]:
        members, bases = self.inheritance(shape)
        self.imports.hiding = frozenset(
            [*(m.name for m in members), *(p.name for p in shape.params)]
        )
        types = Types(self.world, self.imports, shape.origin)
        nominal = self.is_nominal(shape.name)
        written = [types.write(base, RECEIVED) for base in bases]
        if not nominal:
            written.append(self.imports.use("typing", "Protocol"))
        params = type_params(shape.params, types, RECEIVED)
        name = self.imports.names.of(shape.name, RECEIVED)[1]
        plain = nominal or self.polarity.is_data(shape.name)
        way = GIVEN if self.polarity.is_implemented(shape.name) else RECEIVED
        body = Members(types, shape.parts, plain=plain, way=way).write(members)
        head = f"class {name}{params}({', '.join(written)}):"
        return class_block(head, shape.doc, body)

    def inheritance(self, shape: Shape) -> tuple[tuple[Member, ...], tuple[Type, ...]]:
        """Decide what is inherited; a base that is no class in Python gives its members instead."""
        own = {member.name for member in shape.members}
        bases = tuple(
            base
            for base in shape.bases
            if self.is_class(base) and not (self.is_data_base(base) and self.redefines(own, base))
        )
        copied = [self.world.members(base) or () for base in shape.bases if base not in bases]
        members = merge(*copied, shape.members)
        if any(self.is_nominal_base(base) for base in bases):
            members = tuple(m for m in members if m.name not in {"name", "message", "stack"})
        return members, bases

    def is_class(self, base: Type) -> bool:
        return isinstance(base, Ref) and (base.name in self.world.shapes or base.name == "Error")

    def is_data_base(self, base: Type) -> bool:
        return (
            isinstance(base, Ref)
            and base.name in self.world.shapes
            and (self.polarity.is_data(base.name))
        )

    def redefines(self, own: set[str], base: Type) -> bool:
        """Tell whether a name is inherited too: an attribute cannot be narrowed."""
        return any(member.name in own for member in self.world.members(base) or ())

    def is_nominal_base(self, base: Type) -> bool:
        return isinstance(base, Ref) and (base.name == "Error" or self.is_nominal(base.name))

    def is_nominal(self, name: str) -> bool:
        """Tell whether a shape derives from `Error`, a class that is no Protocol."""
        shape = self.world.shapes.get(name)
        return shape is not None and any(self.is_nominal_base(base) for base in shape.bases)

    def typed_dict(self, shape: Shape) -> list[str]:
        members = self.world.members(own_type(shape)) or ()
        types = Types(self.world, self.imports, shape.origin)
        name = self.imports.names.of(shape.name, GIVEN)[1]
        fields = tuple(member for member in members if member.kind != "index")
        index = [member.type for member in members if member.kind == "index" and member.type]
        self.imports.hiding = frozenset()
        if index and not fields:
            params = type_params(shape.params, types, GIVEN)
            text = types.record(types.write(index[0], GIVEN), GIVEN)
            return [f"type {name}{params} = {text}", *docstring(shape.doc, "")]
        if all(is_field(member.name) for member in fields):
            return self.class_fields(shape, name, fields, types)
        return self.functional(shape, name, fields, types)

    def class_fields(
        self, shape: Shape, name: str, fields: tuple[Member, ...], types: Types
    ) -> list[str]:
        hidden = [*(field.name for field in fields), *(param.name for param in shape.params)]
        self.imports.hiding = frozenset(hidden)
        params = type_params(shape.params, types, GIVEN)
        body: list[str] = []
        for field in fields:
            body.append(f"    {field.name}: {self.field(field, types)}")
            body += docstring(field.doc, "    ")
        base = f"{self.typed_dict_base()}{self.other_keys(shape, types)}"
        return class_block(f"class {name}{params}({base}):", shape.doc, body)

    def functional(
        self, shape: Shape, name: str, fields: tuple[Member, ...], types: Types
    ) -> list[str]:
        """Write a TypedDict with keys that are no Python names."""
        self.imports.hiding = frozenset()
        lines = [f"{name} = {self.typed_dict_base()}(", f'    "{name}",', "    {"]
        lines += [f'        "{f.name}": {self.field(f, types)},' for f in fields]
        extra = self.other_keys(shape, types).removeprefix(", ")
        lines += ["    },", *([f"    {extra},"] if extra else []), ")"]
        return [*lines, *docstring(shape.doc, "")]

    def typed_dict_base(self) -> str:
        # The one of `typing` learns `extra_items` in a later Python; type checkers know both.
        return self.imports.use("typing_extensions", "TypedDict")

    def other_keys(self, shape: Shape, types: Types) -> str:
        """Write what other keys than the named ones may hold, when there may be others."""
        for member in self.world.members(own_type(shape)) or ():
            if member.kind == "index" and member.type:
                return f", extra_items={types.write(member.type, GIVEN)}"
        return ""

    def field(self, member: Member, types: Types) -> str:
        if member.signature:
            text = types.callable(member.signature, GIVEN)
        else:
            text = types.write(member.type or Keyword("any"), GIVEN)
        if member.optional:
            return f"{self.imports.use('typing', 'NotRequired')}[{text}]"
        return text


def own_type(shape: Shape) -> Ref:
    """Refer to a shape from inside."""
    return Ref(shape.name, tuple(Var(param.name) for param in shape.params))


def is_field(name: str) -> bool:
    """Tell whether a key can be written as a field in a class body."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")


def is_attribute(name: str) -> bool:
    """Tell whether a member can be written as an attribute, as Pyodide spells it."""
    return identifier(name).isidentifier()


def class_block(head: str, doc: str, body: list[str]) -> list[str]:
    """Join a class from its parts; an empty body is `...`."""
    documentation = docstring(doc, "    ")
    if not body and not documentation:
        return [f"{head} ..."]
    return [head, *documentation, *body]
