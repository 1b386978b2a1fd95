"""From the JSON that `extract.mjs` prints to the model, each name resolved to what it refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .model import (
    Conditional,
    Constructor,
    Declaration,
    Function,
    Index,
    Infer,
    Intersection,
    KeyOf,
    Keyword,
    Literal,
    Mapped,
    Member,
    Object,
    Param,
    Ref,
    Signature,
    Template,
    Tuple,
    TupleItem,
    Type,
    TypeOf,
    TypeParam,
    Union,
    Var,
)


def load(text: str) -> list[Declaration]:
    """Read the JSON that `extract.mjs` prints; namespaces are flattened into qualified names."""
    raw = json.loads(text)["declarations"]
    names: set[str] = set()
    _collect(raw, "", names)
    return list(_declarations(raw, "", names))


def _collect(raw: list[Any], space: str, names: set[str]) -> None:
    for item in raw:
        name = f"{space}{item['name']}"
        if item["kind"] in {"class", "interface", "alias"}:
            names.add(name)
        _collect(item.get("body", []), f"{name}.", names)


def _declarations(raw: list[Any], space: str, names: set[str]) -> Iterator[Declaration]:
    for item in raw:
        reader = _Reader(names, space)
        yield reader.declaration(item)
        yield from _declarations(item.get("body", []), f"{space}{item['name']}.", names)


class _Reader:
    """Reads the parts of one declaration, knowing its namespace and the parameters in scope."""

    def __init__(self, names: set[str], space: str) -> None:
        self.names = names
        self.space = space
        self.scope: list[str] = []

    def declaration(self, raw: Any) -> Declaration:
        self.scope += [param["name"] for param in raw.get("typeParams", [])]
        return Declaration(
            kind=raw["kind"],
            name=f"{self.space}{raw['name']}",
            space=self.space.removesuffix("."),
            line=raw["line"],
            doc=raw.get("doc", ""),
            type_params=self.type_params(raw),
            extends=self.types(raw.get("extends", [])),
            members=tuple(self.member(member) for member in raw.get("members", [])),
            type=self.type(raw["type"]) if "type" in raw else None,
            signature=self.signature(raw["signature"]) if "signature" in raw else None,
            abstract=raw.get("abstract", False),
            target=raw.get("target", ""),
        )

    def type_params(self, raw: Any) -> tuple[TypeParam, ...]:
        return tuple(
            TypeParam(
                param["name"],
                self.type(param["bound"]) if "bound" in param else None,
                self.type(param["default"]) if "default" in param else None,
            )
            for param in raw.get("typeParams", [])
        )

    def member(self, raw: Any) -> Member:
        return Member(
            kind=raw["kind"],
            name=raw["name"],
            type=self.type(raw["type"]) if "type" in raw else None,
            signature=self.signature(raw["signature"]) if "signature" in raw else None,
            optional=raw.get("optional", False),
            readonly=raw.get("readonly", False),
            static=raw.get("static", False),
            protected=raw.get("protected", False),
            doc=raw.get("doc", ""),
        )

    def signature(self, raw: Any) -> Signature:
        depth = len(self.scope)
        self.scope += [param["name"] for param in raw.get("typeParams", [])]
        signature = Signature(
            self.type_params(raw),
            tuple(
                Param(
                    param["name"],
                    self.type(param["type"]),
                    param.get("optional", False),
                    param.get("rest", False),
                )
                for param in raw["params"]
                if param["name"] != "this"  # where a callback's `this` comes from, not an argument
            ),
            self.type(raw["result"]),
        )
        del self.scope[depth:]
        return signature

    def types(self, raw: list[Any]) -> tuple[Type, ...]:
        return tuple(self.type(item) for item in raw)

    def type(self, raw: Any) -> Type:
        return getattr(self, f"_{raw['k'].replace('typeof', 'type_of')}")(raw)

    def _kw(self, raw: Any) -> Type:
        return Keyword(raw["name"])

    def _lit(self, raw: Any) -> Type:
        return Literal(raw["value"])

    def _ref(self, raw: Any) -> Type:
        name, args = raw["name"], self.types(raw["args"])
        if name in self.scope:
            return Var(name)
        qualified = f"{self.space}{name}"
        return Ref(qualified if qualified in self.names else name, args)

    def _tuple(self, raw: Any) -> Type:
        return Tuple(tuple(TupleItem(self.type(i["type"]), i["rest"]) for i in raw["items"]))

    def _union(self, raw: Any) -> Type:
        return Union(self.types(raw["items"]))

    def _and(self, raw: Any) -> Type:
        return Intersection(self.types(raw["items"]))

    def _object(self, raw: Any) -> Type:
        return Object(tuple(self.member(member) for member in raw["members"]))

    def _fn(self, raw: Any) -> Type:
        return Function(self.signature(raw["signature"]))

    def _new(self, raw: Any) -> Type:
        return Constructor(self.signature(raw["signature"]))

    def _keyof(self, raw: Any) -> Type:
        return KeyOf(self.type(raw["type"]))

    def _index(self, raw: Any) -> Type:
        return Index(self.type(raw["object"]), self.type(raw["index"]))

    def _type_of(self, raw: Any) -> Type:
        return TypeOf(raw["name"])

    def _mapped(self, raw: Any) -> Type:
        self.scope.append(raw["param"])
        keys, value = self.type(raw["keys"]), self.type(raw["type"])
        self.scope.pop()
        return Mapped(raw["param"], keys, value, raw.get("optional", False))

    def _cond(self, raw: Any) -> Type:
        return Conditional(*(self.type(raw[part]) for part in ("check", "extends", "yes", "no")))

    def _infer(self, raw: Any) -> Type:
        return Infer(raw["name"])

    def _template(self, raw: Any) -> Type:
        return Template(raw["text"])
