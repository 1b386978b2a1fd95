"""A type as Python writes it, crossing one way or the other."""

from __future__ import annotations

from collections.abc import Iterable

from .imports import Imports
from .model import (
    Conditional,
    Constructor,
    Declaration,
    Function,
    Index,
    Infer,
    KeyOf,
    Keyword,
    Literal,
    Mapped,
    Object,
    Ref,
    Signature,
    Template,
    Tuple,
    Type,
    TypeOf,
    Union,
    Var,
    substitute,
)
from .polarity import GIVEN, RECEIVED, flip
from .world import ANY, World

_PLAIN = {"string": "str", "number": "float", "boolean": "bool", "bigint": "int"}
_TYPING = {"any": "Any", "never": "Never", "this": "Self"}
# Builtins that read the same both ways: a class of `es` with the same name.
_ES = frozenset(
    {
        *("ArrayBuffer", "ArrayBufferView", "DataView", "Map", "Set", "Promise", "Date", "RegExp"),
        *("Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array"),
        *("Int32Array", "Uint32Array", "Float32Array", "Float64Array", "Error"),
        *("BigInt64Array", "BigUint64Array", "IterableIterator", "AsyncIterableIterator"),
    }
)
_ARGUMENTS = {"Promise": 1, "Map": 2, "Set": 1, "IterableIterator": 1, "AsyncIterableIterator": 1}
# What Python gives, by what JS takes: module, name.
_GIVEN_GENERIC = {
    "Promise": ("collections.abc", "Awaitable"),
    "Array": ("collections.abc", "Sequence"),
    "ReadonlyArray": ("collections.abc", "Sequence"),
    "Set": ("collections.abc", "Set"),
}
_GIVEN_TOO = {
    "ArrayBufferView": ("collections.abc", "Buffer"),
    "Uint8Array": ("collections.abc", "Buffer"),
    "Date": ("datetime", "datetime"),
}


class Types:
    """Writes the types of one declaration; says in the report what it had to approximate."""

    def __init__(self, world: World, imports: Imports, origin: Declaration) -> None:
        self.world = world
        self.imports = imports
        self.origin = origin

    def note(self, reason: str) -> None:
        self.world.note(self.origin, reason)

    def write(self, type_: Type, way: str) -> str:
        """Write a type as it is given or received."""
        match type_:
            case Keyword(name):
                return self.keyword(name, way)
            case Literal(value):
                return self.literal(value)
            case Var(name):
                return name
            case Object():
                return self.builtin("object")
            case _:
                return self.compound(type_, way)

    def compound(self, type_: Type, way: str) -> str:
        match type_:
            case Ref():
                return self.ref(type_, way)
            case Union(items):
                return self.union(self.write(item, way) for item in items)
            case Tuple(items):
                self.note("a tuple is an array of all its item types")
                item = self.union(self.write(item.type, way) for item in items)
                return self.array(item, way)
            case Function(signature):
                return self.callable(signature, way)
            case KeyOf():
                return self.keys(type_)
            case TypeOf(name):
                return self.type_of(name, way)
            case Conditional(_, _, yes, no):
                self.note("a conditional type is the union of its cases")
                return self.union((self.write(yes, way), self.write(no, way)))
            case Template(text):
                self.note(f"the template {text} is `str`")
                return self.builtin("str")
            case _:
                return self.given_up(type_)

    def keyword(self, name: str, way: str) -> str:
        if name in _PLAIN:
            return self.builtin(_PLAIN[name])
        if name in _TYPING:
            return self.imports.use("typing", _TYPING[name])
        if name == "symbol":
            return self.imports.es("Symbol")
        if name == "object" and way == RECEIVED:
            return self.imports.es("JsProxy")
        if name in {"unknown", "object"} or (name == "void" and way == GIVEN):
            return self.builtin("object")
        return "None"

    def literal(self, value: str | float | bool) -> str:
        if isinstance(value, float) and not value.is_integer():
            self.note(f"the literal {value} is `float`")
            return self.builtin("float")
        text = quoted(value) if isinstance(value, str) else repr(value)
        return f"{self.imports.use('typing', 'Literal')}[{text}]"

    def union(self, parts: Iterable[str]) -> str:
        """Join the members of a union: each once, literals in one `Literal`."""
        literal, any_ = self.imports.spelled("Literal") + "[", self.imports.spelled("Any")
        flat = list(dict.fromkeys(piece for part in parts for piece in split(part)))
        flat = [piece for piece in flat if piece != "Never"]
        if not flat:
            return self.imports.use("typing", "Never")
        for whole in (any_, self.imports.spelled("object")):
            if whole in flat:
                return whole
        values = [p.removeprefix(literal).removesuffix("]") for p in flat if p.startswith(literal)]
        others = [piece for piece in flat if not piece.startswith(literal)]
        joined = [f"{literal}{', '.join(values)}]"] if values else []
        return " | ".join([*joined, *others])

    def ref(self, ref: Ref, way: str) -> str:
        name, args = ref.name, ref.args
        if name in self.world.shapes or name in self.world.aliases:
            spelled = self.imports.declared(name, way)
            declared = self.world.shapes.get(name) or self.world.aliases[name]
            given = [self.write(arg, way) for arg in args[: len(declared.params)]]
            return f"{spelled}[{', '.join(given)}]" if given else spelled
        if way == GIVEN and name in _GIVEN_GENERIC and args:
            return f"{self.imports.use(*_GIVEN_GENERIC[name])}[{self.write(args[0], way)}]"
        if name in _ES:
            return self.es(name, args, way)
        return self.library(ref, way)

    def library(self, ref: Ref, way: str) -> str:
        """Write one of the types that TypeScript's library brings."""
        match ref.name, ref.args:
            case "Array" | "ReadonlyArray", (item,):
                return self.array(self.write(item, way), way)
            case "Record", (_, value):
                return self.record(self.write(value, way), way)
            case "Iterable" | "AsyncIterable", (item,):
                generic = self.imports.use("collections.abc", ref.name)
                return f"{generic}[{self.write(item, way)}]"
            case "Function", _:
                return self.imports.es("Callback")
            case "Exclude", (kept, dropped):
                return self.exclude(kept, dropped, way)
            case "Awaited" | "NonNullable" | "Readonly", (item,):
                return self.write(item, way)
            case name, _:
                self.note(f"`{name}` is `Any`")
                return self.imports.use("typing", "Any")

    def es(self, name: str, args: tuple[Type, ...], way: str) -> str:
        spelled = self.imports.es(name)
        if name in _ARGUMENTS:
            given = [self.write(arg, way) for arg in args[: _ARGUMENTS[name]]]
            given += [self.imports.use("typing", "Any")] * (_ARGUMENTS[name] - len(given))
            spelled += f"[{', '.join(given)}]"
        if way == GIVEN and name in _GIVEN_TOO:
            return f"{spelled} | {self.imports.use(*_GIVEN_TOO[name])}"
        return self.builtin("Exception") if way == GIVEN and name == "Error" else spelled

    def exclude(self, kept: Type, dropped: Type, way: str) -> str:
        """Take the members of one union out of another."""
        gone = set(self.flat(dropped))
        left = tuple(item for item in self.flat(kept) if item not in gone)
        return self.write(Union(left), way)

    def flat(self, type_: Type) -> list[Type]:
        match type_:
            case Union(items):
                return [part for item in items for part in self.flat(item)]
            case Ref(name) if name in self.world.aliases:
                expanded = self.world.expand(type_)
                return self.flat(expanded) if expanded else [type_]
            case _:
                return [type_]

    def array(self, item: str, way: str) -> str:
        if way == GIVEN:
            return f"{self.imports.use('collections.abc', 'Sequence')}[{item}]"
        return f"{self.imports.es('Array')}[{item}]"

    def record(self, value: str, way: str) -> str:
        if way == GIVEN:
            mapping = self.imports.use("collections.abc", "Mapping")
            return f"{mapping}[{self.builtin('str')}, {value}]"
        return f"{self.imports.es('Object')}[{value}]"

    def callable(self, signature: Signature, way: str) -> str:
        """Write a function type; its own type parameters cannot be kept, their bounds are."""
        bounds = {param.name: param.bound or ANY for param in signature.type_params}
        if bounds:
            self.note("a function type with type parameters of its own has their bounds instead")
            signature = substitute(signature, bounds)
        result = self.write(signature.result, way)
        params = ", ".join(self.write(param.type, flip(way)) for param in signature.params)
        if any(param.optional or param.rest for param in signature.params):
            self.note("a function type with optional arguments takes any (`Callable[..., R]`)")
            params = "..."
        else:
            params = f"[{params}]"
        return f"{self.imports.use('collections.abc', 'Callable')}[{params}, {result}]"

    def type_of(self, name: str, way: str) -> str:
        if f"{name}Constructor" in self.world.shapes:
            return self.imports.declared(f"{name}Constructor", way)
        for _, value in self.world.values.get(name, []):
            if value.signature:
                return self.callable(value.signature, way)
            if value.type:
                return self.write(value.type, way)
        return self.given_up(TypeOf(name))

    def keys(self, type_: KeyOf) -> str:
        keys = self.world.keys(type_)
        if keys:
            return self.union(self.literal(key) for key in keys)
        self.note("the keys of a type parameter are `str`")
        return self.builtin("str")

    def given_up(self, type_: Type) -> str:
        """Write `Any` for what has no counterpart in Python, and say so."""
        reasons: dict[type[Type], str] = {
            Index: "a member looked up in a type parameter is `Any`",
            Infer: "an inferred type is `Any`",
            Mapped: "a mapped type over a type parameter is `Any`",
            Constructor: "the type of a constructor is `Any`",
        }
        self.note(reasons.get(type(type_), f"{type(type_).__name__} is `Any`"))
        return self.imports.use("typing", "Any")

    def builtin(self, name: str) -> str:
        return self.imports.builtin(name)


def split(text: str) -> list[str]:
    """Split a written union at its top level."""
    parts, depth, quote, start = list[str](), 0, False, 0
    for position, character in enumerate(text):
        if character == '"' and text[position - 1] != "\\":
            quote = not quote
        elif not quote:
            depth += (character in "[(") - (character in "])")
            if depth == 0 and text[position : position + 3] == " | ":
                parts.append(text[start:position])
                start = position + 3
    return [*parts, text[start:]]


def quoted(text: str) -> str:
    """Write a string literal with double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
