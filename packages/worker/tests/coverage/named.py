"""What the package names in JavaScript's spelling, and where.

A name counts where it is used: as an attribute, as text that is not a docstring, as a keyword or a
key, and as the field of a dataclass whose fields are sent under their camel-case names. Docstrings,
comments and annotations do not count.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import worker

SOURCES = Path(worker.__file__).parent

# What sends or reads every field of a dataclass by its name.
_BY_FIELDS = {"plain", "plain_members", "spelled", "__dataclass_fields__"}

# How a class of the package writes or reads itself.
_CONVERSIONS = {"_fields", "_from_plain", "_of", "_to_dict", "_to_js", "_to_options", "_to_plain"}


@dataclass(frozen=True)
class Place:
    """A definition: a function, a method, a class with its attributes, a constant."""

    module: str
    name: str
    owner: str = ""


class Module:
    """One module of the package: its definitions, and where its other names come from."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.definitions: dict[Place, ast.AST] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.imports: dict[str, tuple[str, str]] = {}
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("worker."):
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = (str(node.module), alias.name)
        for statement in tree.body:
            self._define(statement)

    def _define(self, statement: ast.stmt, owner: str = "") -> None:
        match statement:
            case ast.ClassDef():
                self.classes[statement.name] = statement
                for each in statement.body:
                    self._define(each, statement.name)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                place = Place(self.name, statement.name, owner)
                # Overloads come first, and name nothing.
                self.definitions[place] = statement
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if name not in {"__all__", "__slots__"}:
                    self.definitions[Place(self.name, name, owner)] = statement
            case ast.TypeAlias(name=ast.Name(id=name)):
                self.definitions[Place(self.name, name)] = statement
            case _:
                pass


@cache
def modules() -> dict[str, Module]:
    found: dict[str, Module] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        parts = path.relative_to(SOURCES.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path)
    return found


def resolve(module: str, name: str) -> tuple[str, str] | None:
    """The module of the package that defines a name, and its name there."""
    seen: set[tuple[str, str]] = set()
    while (module, name) not in seen and module in modules():
        seen.add((module, name))
        here = modules()[module]
        if name in here.classes or Place(module, name) in here.definitions:
            return module, name
        if name not in here.imports:
            return None
        module, name = here.imports[name]
    return None


@cache
def of_class(module: str, name: str) -> frozenset[Place]:
    """The places of a class: its methods and attributes, those of its bases included."""
    here = modules()[module]
    found = {place for place in here.definitions if place.owner == name}
    for base in here.classes[name].bases:
        root = base.value if isinstance(base, ast.Subscript) else base
        target = resolve(module, root.id) if isinstance(root, ast.Name) else None
        if target is not None:
            found |= of_class(*target)
    return frozenset(found)


@cache
def uses(place: Place, unit: str) -> frozenset[Place]:
    """What a definition refers to, within one unit: a module, or a package with its modules."""
    node = modules()[place.module].definitions[place]
    found: set[Place] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            target = resolve(place.module, part.id)
            if target is None or not _within(target[0], unit):
                continue
            if target[1] in modules()[target[0]].classes:
                found |= of_class(*target)
            else:
                found.add(Place(*target))
        elif isinstance(part, ast.Attribute) and _is_self(part.value) and place.owner:
            own = of_class(place.module, place.owner)
            found |= {p for p in own if p.name == part.attr}
    return frozenset(found)


def _within(module: str, unit: str) -> bool:
    return module == unit or module.startswith(f"{unit}.") or module in _SHARED


# Helpers that bindings share, and that send what they are given.
_SHARED = {"worker._spelling", "worker.request_init", "worker.resize"}


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


@cache
def closure(places: frozenset[Place], unit: str) -> frozenset[Place]:
    """Definitions, and all that they come to within a unit."""
    found, ahead = set(places), list(places)
    while ahead:
        for place in uses(ahead.pop(), unit):
            if place not in found:
                found.add(place)
                ahead.append(place)
    return frozenset(found)


@cache
def names(place: Place) -> frozenset[tuple[str, str]]:
    """The names in a definition, each with how it is used: as an `attribute`, or as `text`."""
    node = modules()[place.module].definitions[place]
    return frozenset() if isinstance(node, ast.TypeAlias) else frozenset(_names(node))


def _names(node: ast.AST) -> Iterator[tuple[str, str]]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "type_params"}:
            continue
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, ast.AST) or _is_docstring(part):
                continue
            match part:
                case ast.Constant(value=str(text)):
                    yield "text", text
                case ast.Attribute(value=value, attr=name) if not _is_self(value):
                    yield "attribute", name
                case ast.keyword(arg=str(name)):
                    yield "text", name
                case _:
                    pass
            yield from _names(part)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def naming(places: frozenset[Place], name: str, *, method: bool) -> frozenset[Place]:
    """Those of some definitions that name something.

    A method is named by text, as it is called by it; with a private one that calls it come those
    that go through it.
    """
    kinds = {"text"} if method else {"text", "attribute"}
    found = {p for p in places if any(used == name and kind in kinds for kind, used in names(p))}
    if method and all(place.name.startswith("_") for place in found):
        found |= {p for p in places if closure(frozenset({p}), p.module) & found}
    return frozenset(found)


def fields(places: frozenset[Place], name: str) -> frozenset[Place]:
    """The fields among some definitions that are sent as, or read from, a name."""
    return frozenset(
        place
        for place in places
        if place.owner
        and place.name in {name, snake(name), *renamed(place.module, name)}
        and isinstance(modules()[place.module].definitions[place], ast.AnnAssign)
        and _as_a_whole(place.module, place.owner)
    )


@cache
def _as_a_whole(module: str, name: str) -> bool:
    """Whether a class leaves it to others to go over its fields, or does so itself."""
    own = {place for place in of_class(module, name) if place.name in _CONVERSIONS}
    return not own or any(map(by_fields, closure(frozenset(own), module)))


@cache
def renamed(module: str, name: str) -> frozenset[str]:
    """The fields that a table of the module spells in a way of its own."""
    definitions = modules()[module].definitions
    tables = (node.value for p, node in definitions.items() if not p.owner and _is_table(node))
    return frozenset(
        key.value
        for table in tables
        for key, value in zip(table.keys, table.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant) and value.value == name
    )


def _is_table(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)


def snake(name: str) -> str:
    """A name of JavaScript as Python spells it: the other way round of `camel`."""
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


@cache
def by_fields(place: Place) -> bool:
    """Whether a definition sends or reads every field of a class by its name."""
    node = modules()[place.module].definitions[place]
    return any(
        (isinstance(part, ast.Name) and part.id in _BY_FIELDS)
        or (isinstance(part, ast.Attribute) and part.attr in _BY_FIELDS)
        for part in ast.walk(node)
    )
