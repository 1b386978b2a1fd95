"""The declarations of a `.d.ts` file as immutable values."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast


class Type:
    """Base of everything that may stand where TypeScript expects a type."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Keyword(Type):
    """One of the types that are words: `string`, `number`, `any`, `null`, `this`."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal(Type):
    value: str | float | bool


@dataclass(frozen=True, slots=True)
class Ref(Type):
    """A declaration of the file by its qualified name (`Rpc.Stub`), or a builtin (`Promise`)."""

    name: str
    args: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Var(Type):
    """A type parameter in scope."""

    name: str


@dataclass(frozen=True, slots=True)
class TupleItem:
    type: Type
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Tuple(Type):
    items: tuple[TupleItem, ...]


@dataclass(frozen=True, slots=True)
class Union(Type):
    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Intersection(Type):
    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Object(Type):
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Function(Type):
    signature: Signature


@dataclass(frozen=True, slots=True)
class Constructor(Type):
    signature: Signature


@dataclass(frozen=True, slots=True)
class KeyOf(Type):
    type: Type


@dataclass(frozen=True, slots=True)
class Index(Type):
    """`object[index]`."""

    object: Type
    index: Type


@dataclass(frozen=True, slots=True)
class TypeOf(Type):
    name: str


@dataclass(frozen=True, slots=True)
class Mapped(Type):
    """`{ [param in keys]: type }`."""

    param: str
    keys: Type
    type: Type
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Conditional(Type):
    """`check extends extends_ ? yes : no`."""

    check: Type
    extends: Type
    yes: Type
    no: Type


@dataclass(frozen=True, slots=True)
class Infer(Type):
    name: str


@dataclass(frozen=True, slots=True)
class Template(Type):
    text: str


@dataclass(frozen=True, slots=True)
class TypeParam:
    name: str
    bound: Type | None = None
    default: Type | None = None


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    type: Type
    optional: bool = False
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    type_params: tuple[TypeParam, ...]
    params: tuple[Param, ...]
    result: Type


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a class, an interface or an object type.

    Attributes:
        kind: `property`, `method`, `getter`, `setter`, `new`, `call` or `index`.
        name: empty for the last three; `[Symbol.iterator]` and the like as written.
    """

    kind: str
    name: str
    type: Type | None = None
    signature: Signature | None = None
    optional: bool = False
    readonly: bool = False
    static: bool = False
    protected: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration of the file.

    Attributes:
        kind: `class`, `interface`, `alias`, `function`, `var`, `namespace`, `module` or `export`.
        name: qualified by its namespace or module.
        space: the namespace or module it stands in, empty at the top.
        line: 1-based line in the `.d.ts` file.
    """

    kind: str
    name: str
    space: str
    line: int
    doc: str = ""
    type_params: tuple[TypeParam, ...] = ()
    extends: tuple[Type, ...] = ()
    members: tuple[Member, ...] = ()
    type: Type | None = None
    signature: Signature | None = None
    abstract: bool = False
    target: str = ""


def children(node: object) -> Iterator[object]:
    """Yield the direct parts of a node of the model."""
    if isinstance(node, tuple):
        yield from cast("tuple[object, ...]", node)
    elif dataclasses.is_dataclass(node):
        for name in _fields(type(node)):
            yield getattr(node, name)


def walk(node: object) -> Iterator[object]:
    """Yield a node and everything below it."""
    yield node
    for part in children(node):
        yield from walk(part)


def transform[N](node: N, change: Callable[[Type], Type]) -> N:
    """Rebuild a node bottom-up, passing each type in it through `change`."""
    built: Any = node
    if isinstance(node, tuple):
        parts = cast("tuple[object, ...]", node)
        built = tuple(transform(part, change) for part in parts)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        fields = {name: getattr(node, name) for name in _fields(type(node))}
        changed = {name: transform(value, change) for name, value in fields.items()}
        if any(changed[name] is not fields[name] for name in fields):
            built = dataclasses.replace(cast("Any", node), **changed)
        if isinstance(built, Type):
            built = change(built)
    return built


def substitute[N](node: N, values: Mapping[str, Type]) -> N:
    """Replace type parameters by types."""
    if not values:
        return node

    def change(part: Type) -> Type:
        return values.get(part.name, part) if isinstance(part, Var) else part

    return transform(node, change)


def free_variables(node: object) -> list[str]:
    """Name the type parameters a node uses, in the order of their first use."""
    own = {part.name for part in walk(node) if isinstance(part, TypeParam)}
    own |= {part.param for part in walk(node) if isinstance(part, Mapped)}
    used = (part.name for part in walk(node) if isinstance(part, Var))
    return [name for name in dict.fromkeys(used) if name not in own]


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
