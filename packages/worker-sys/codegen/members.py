"""The members of a Protocol, as a JsProxy shows them."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator

from .docs import docstring
from .model import (
    Declaration,
    Function,
    Keyword,
    Member,
    Param,
    Signature,
    Type,
    TypeParam,
    Union,
    Var,
    substitute,
    walk,
)
from .names import identifier
from .parameters import type_params
from .polarity import RECEIVED, flip
from .spelling import Types

_INDENT = "    "
_BODY = "        "
_ITERATORS = {"[Symbol.iterator]": "__iter__", "[Symbol.asyncIterator]": "__aiter__"}
_NAMELESS = {"new": "new", "call": "__call__"}


class Members:
    """Writes the members of one class.

    Attributes:
        parts: where a member is declared, when not with the class: what the report says of it.
        way: `received` for methods that JS offers, `given` for those that Python writes.
        plain: write read-only properties as attributes too. Pyright tells the cases of a union
            apart by attributes, not by properties.
    """

    def __init__(
        self, types: Types, parts: dict[str, Declaration], *, plain: bool, way: str
    ) -> None:
        self.types = types
        self.way = way
        self.parts = parts
        self.origin = types.origin
        self.plain = plain

    def write(self, members: tuple[Member, ...]) -> list[str]:
        lines: list[str] = []
        grouped: dict[str, list[Member]] = {}
        for member in members:
            grouped.setdefault(member.name or member.kind, []).append(member)
        for name, group in grouped.items():
            self.types.origin = self.parts.get(name, self.origin)
            lines += self.group(group)
        return lines

    def group(self, group: list[Member]) -> list[str]:
        """Write the members that share a name: overloads, or a getter and its setter."""
        first = group[0]
        if first.name in _ITERATORS:
            return self.iterator(first)
        if first.name and not identifier(first.name).isidentifier():
            self.types.note(self.unnamed(first.name))
            return []
        if first.kind == "index":
            return self.open(first)
        if first.name.startswith("__"):
            self.types.note(f"the brand {first.name} is left out")
            return []
        if first.kind in {"getter", "setter"}:
            written = any(member.kind == "setter" for member in group)
            return self.property(dataclasses.replace(first, readonly=not written))
        if first.kind == "property" and isinstance(first.type, Function) and not first.optional:
            first = dataclasses.replace(first, kind="method", signature=first.type.signature)
            return self.methods([first])
        if first.kind == "property" or first.optional:
            return self.property(first)
        return self.methods(group)

    def unnamed(self, name: str) -> str:
        if name.startswith("["):
            return f"the member {name} is left out: Python has no such name"
        return f"the member {name!r} is left out: read it with `getattr(proxy, {name!r})`"

    def property(self, member: Member) -> list[str]:
        name = identifier(member.name)
        text = self.value(member)
        if member.readonly and not self.plain:
            decorator = f"{_INDENT}@property"
            head = f"{_INDENT}def {name}(self) -> {text}:"
            return [decorator, *with_doc(head, member.doc)]
        return [f"{_INDENT}{name}: {text}", *docstring(member.doc, _INDENT)]

    def value(self, member: Member) -> str:
        if member.signature:
            text = self.types.callable(member.signature, self.way)
        else:
            text = self.types.write(member.type or Keyword("any"), RECEIVED)
        return self.types.union((text, "None")) if member.optional else text

    def iterator(self, member: Member) -> list[str]:
        result = member.signature.result if member.signature else Keyword("any")
        text = self.types.write(result, RECEIVED)
        return [f"{_INDENT}def {_ITERATORS[member.name]}(self) -> {text}: ..."]

    def open(self, member: Member) -> list[str]:
        text = self.types.write(member.type or Keyword("any"), RECEIVED)
        string = self.types.builtin("str")
        return [f"{_INDENT}def __getattr__(self, name: {string}, /) -> {text}: ..."]

    def methods(self, group: list[Member]) -> list[str]:
        name = _NAMELESS.get(group[0].kind) or identifier(group[0].name)
        written: dict[str, str] = {}
        for member in group:
            for signature in told_apart(member.signature) if member.signature else ():
                head = f"{_INDENT}def {name}{self.signature(signature)}:"
                written.setdefault(head, member.doc)
        if len(written) == 1:
            return list(itertools.chain(*(with_doc(head, doc) for head, doc in written.items())))
        decorator = f"{_INDENT}@{self.types.imports.use('typing', 'overload')}"
        lines: list[str] = []
        told = ""
        for head, doc in written.items():
            lines += [decorator, *with_doc(head, doc if doc != told else "")]
            told = doc or told
        return lines

    def signature(self, signature: Signature) -> str:
        """Write the parameters and the result of a method; JS has positional arguments only."""
        hiding = self.types.imports.hiding
        self.types.imports.hiding = hiding | {param.name for param in signature.type_params}
        text = self.text(signature)
        lonely = {
            param.name: simple_bound(param)
            for param in signature.type_params
            if len(re.findall(rf"\b{param.name}\b", text)) == 2  # its declaration and one use
            and any(param.name == part.name for part in variables(signature.params))
            and not any(param.name == part.name for part in variables(signature.result))
        }
        if lonely:
            kept = tuple(p for p in signature.type_params if p.name not in lonely)
            bare = Signature(kept, signature.params, signature.result)
            text = self.text(substitute(bare, lonely))
        self.types.imports.hiding = hiding
        return text

    def text(self, signature: Signature) -> str:
        params = ["self", *self.params(signature)]
        if len(params) > 1 and not params[-1].startswith("*"):
            params.append("/")
        elif len(params) > 2:
            params.insert(-1, "/")
        generic = type_params(with_defaults(signature), self.types, RECEIVED)
        return f"{generic}({', '.join(params)}) -> {self.types.write(signature.result, self.way)}"

    def params(self, signature: Signature) -> Iterator[str]:
        for param in signature.params:
            name = identifier(param.name)
            if param.rest:
                yield f"*{name}: {self.types.write(item_of(param.type), flip(self.way))}"
            elif param.optional:
                text = self.types.union((self.types.write(param.type, flip(self.way)), "None"))
                yield f"{name}: {text} = ..."
            else:
                yield f"{name}: {self.types.write(param.type, flip(self.way))}"


def item_of(rest: Type) -> Type:
    """Return the type of each argument that `...rest: T[]` takes."""
    args = getattr(rest, "args", ())
    return args[0] if args else Keyword("any")


def with_defaults(signature: Signature) -> tuple[TypeParam, ...]:
    """Give a default to the type parameters that no argument can tell.

    `json<T>(): Promise<T>` is `Promise[object]` when nobody says otherwise, as in TypeScript.
    """
    given = {part.name for part in variables(signature.params)}
    return tuple(
        param
        if param.name in given or param.default
        else TypeParam(param.name, param.bound, simple_bound(param))
        for param in signature.type_params
    )


def simple_bound(param: TypeParam) -> Type:
    """Return the bound of a type parameter when it is one by itself, else `unknown`."""
    return Keyword("unknown") if not param.bound or variables(param.bound) else param.bound


def told_apart(signature: Signature) -> list[Signature]:
    """Split a signature whose result an optional argument tells: without it, and with it.

    `new <R = any>(source?: Source<R>): Stream<R>` is `new()` of `Stream[Any]`, and `new(source)`.
    """
    required = [param.type for param in signature.params if not param.optional]
    known = {part.name for part in variables(tuple(required))}
    result = {part.name for part in variables(signature.result)}
    own = {variable.name for variable in signature.type_params}
    for position, param in enumerate(signature.params):
        told = {part.name for part in variables(param.type)} & result & own - known
        if param.optional and told:
            given = Param(param.name, Union((param.type, Keyword("undefined"))))
            params = (*signature.params[:position], given, *signature.params[position + 1 :])
            return [
                without(signature, position),
                Signature(signature.type_params, params, signature.result),
            ]
    return [signature]


def without(signature: Signature, position: int) -> Signature:
    """Leave out the arguments from a position on, and what only they tell."""
    params = signature.params[:position]
    known = {part.name for part in variables(params)}
    later = {part.name for part in variables(signature.params[position:])}
    gone = [param for param in signature.type_params if param.name in later - known]
    defaults = {param.name: param.default or simple_bound(param) for param in gone}
    kept = tuple(param for param in signature.type_params if param not in gone)
    return Signature(kept, params, substitute(signature.result, defaults))


def variables(node: object) -> list[Var]:
    """List the type parameters used in a node."""
    return [part for part in walk(node) if isinstance(part, Var)]


def with_doc(head: str, doc: str) -> list[str]:
    """Join the head of a function with its docstring, or with `...`."""
    documentation = docstring(doc, _BODY)
    return [head, *documentation] if documentation else [f"{head} ..."]
