"""Which way each shape crosses: given by Python, received by Python, or both.

What Python gives is written as it goes into the gate: a dict for an option bag (`TypedDict`), any
sequence for an array, any buffer for bytes. What Python receives is written as a JsProxy shows it:
attributes, the proxies of arrays and promises. A shape that crosses both ways is written
twice.
"""

from __future__ import annotations

from .model import (
    Conditional,
    Constructor,
    Function,
    Keyword,
    Member,
    Ref,
    Signature,
    Tuple,
    Type,
    TypeParam,
    Union,
)
from .world import Shape, World

GIVEN, RECEIVED = "given", "received"
_SENSITIVE = frozenset(
    {
        *("Array", "ReadonlyArray", "Record", "Promise", "Set", "Iterable", "AsyncIterable"),
        *("Date", "Error", "Uint8Array", "ArrayBufferView", "Map"),
    }
)


def flip(way: str) -> str:
    """Return the opposite way: the arguments of what is given are received."""
    return RECEIVED if way == GIVEN else GIVEN


class Polarity:
    """Follows every type from what the runtime offers, and remembers which way it is reached."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ways: dict[str, set[str]] = {}
        self._data: dict[str, bool] = {}
        self._sensitive: dict[str, bool] = {}
        for shape in world.shapes.values():
            if not self.is_data(shape.name):
                self.reach(shape.name, RECEIVED)
        # What the runtime never mentions and what has functions is for Python to write.
        declared = {declaration.name for declaration in world.declarations}
        handlers = [
            name for name in world.aliases if isinstance(world.aliases[name].type, Function)
        ]
        for name in [*handlers, *world.shapes, *world.aliases]:
            if name not in self.ways and name in declared:
                self.reach(name, GIVEN if self.has_functions(name) else RECEIVED)

    def is_data(self, name: str) -> bool:
        """Tell whether a shape is plain data: properties, and callbacks that may be left out."""
        if name not in self._data:
            self._data[name] = False  # an answer for a shape that contains itself
            shape = self.world.shapes[name]
            self._data[name] = not shape.is_class and only_data(self.world, shape)
        return self._data[name]

    def is_implemented(self, name: str) -> bool:
        """Tell whether Python writes the methods of a shape, and JS calls them.

        A handler that may be missing is written by whoever leaves it out; an abstract class with a
        constructor is there to be subclassed.
        """
        shape = self.world.shapes[name]
        kinds = {member.kind for member in shape.origin.members}
        optional = any(member.kind == "method" and member.optional for member in shape.members)
        subclassed = shape.is_class and shape.origin.abstract and "new" in kinds
        return not self.is_data(name) and (optional or subclassed)

    def has_functions(self, name: str) -> bool:
        """Tell whether a handler, or an object with handlers, is what a name stands for."""
        if name in self.world.aliases:
            return isinstance(self.world.aliases[name].type, Function)
        members = self.world.members(Ref(name)) or ()
        named = (member.type.name for member in members if isinstance(member.type, Ref))
        return self.is_data(name) and (
            any(member.signature or isinstance(member.type, Function) for member in members)
            or any(alias in self.world.aliases and self.has_functions(alias) for alias in named)
        )

    def both(self, name: str) -> bool:
        """Tell whether a declaration is written twice: as it is given, and as it is received."""
        if len(self.ways.get(name, ())) < 2:
            return False
        return self.is_data(name) if name in self.world.shapes else self.sensitive(name)

    def sensitive(self, name: str) -> bool:
        """Tell whether an alias reads differently given and received."""
        if name not in self._sensitive:
            self._sensitive[name] = False
            self._sensitive[name] = self._differs(self.world.aliases[name].type)
        return self._sensitive[name]

    def _differs(self, type_: Type) -> bool:
        match type_:
            case Ref(name, args):
                if name in _SENSITIVE or any(self._differs(arg) for arg in args):
                    return True
                if name in self.world.aliases:
                    return self.sensitive(name)
                return name in self.world.shapes and self.is_data(name)
            case Union(items):
                return any(self._differs(item) for item in items)
            case Tuple(items):
                return True
            case Conditional(_, _, yes, no):
                return self._differs(yes) or self._differs(no)
            case Function() | Constructor():
                return True
            case Keyword(name):
                return name in {"object", "void"}
            case _:
                return False

    def reach(self, name: str, way: str) -> None:
        """Mark a declaration as crossing one way, and what it consists of with it."""
        if way in self.ways.setdefault(name, set()):
            return
        self.ways[name].add(way)
        if name in self.world.aliases:
            self.visit(self.world.aliases[name].type, way)
            self.params(self.world.aliases[name].params, way)
        elif name in self.world.shapes:
            shape = self.world.shapes[name]
            inner = way if self.is_data(name) else RECEIVED
            self.params(shape.params, inner)
            for base in shape.bases:
                self.visit(base, inner)
            implemented = not self.is_data(name) and self.is_implemented(name)
            for member in shape.members:
                if member.signature:
                    self.signature(member.signature, GIVEN if implemented else inner)
                self.member(member, inner)

    def member(self, member: Member, way: str) -> None:
        if member.type:
            self.visit(member.type, way)

    def signature(self, signature: Signature, way: str) -> None:
        """Visit a function that is received (offered by JS) or given (a callback)."""
        self.params(signature.type_params, way)
        for param in signature.params:
            self.visit(param.type, flip(way))
        self.visit(signature.result, way)

    def params(self, params: tuple[TypeParam, ...], way: str) -> None:
        for param in params:
            if param.bound:
                self.visit(param.bound, RECEIVED)
            if param.default:
                self.visit(param.default, way)

    def visit(self, type_: Type, way: str) -> None:
        match type_:
            case Ref(name, args):
                if name in self.world.aliases or name in self.world.shapes:
                    self.reach(name, way)
                for arg in args:
                    self.visit(arg, way)
            case Union(items):
                for item in items:
                    self.visit(item, way)
            case Tuple(items):
                for item in items:
                    self.visit(item.type, way)
            case Conditional(_, _, yes, no):
                self.visit(yes, way)
                self.visit(no, way)
            case Function(signature) | Constructor(signature):
                self.signature(signature, way)
            case _:
                pass


def only_data(world: World, shape: Shape) -> bool:
    """Tell whether every member of a shape is data, those it inherits included."""
    members = world.members(Ref(shape.name)) or ()
    if not members or any(not isinstance(base, Ref) for base in shape.bases):
        return False
    known = all(isinstance(b, Ref) and _is_shape_of_data(world, b) for b in shape.bases)
    return known and all(
        (member.kind in {"property", "index"} and not member.name.startswith("["))
        or (member.kind == "method" and member.optional)
        for member in members
    )


def _is_shape_of_data(world: World, base: Ref) -> bool:
    if base.name in world.shapes:
        return not world.shapes[base.name].is_class
    return base.name in {"Partial", "Omit", "Pick", "Required", "Readonly"}
