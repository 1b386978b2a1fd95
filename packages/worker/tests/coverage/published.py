"""What `@cloudflare/workers-types` declares, as the generator of declarations reads it."""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CODEGEN = Path(__file__).parents[3] / "worker-sys"
sys.path.insert(0, str(CODEGEN))

from codegen import model, reader  # noqa: E402  found through the line above


@cache
def declarations() -> dict[str, list[model.Declaration]]:
    """Every declaration of the pinned `index.d.ts` by name; an interface may have several."""
    from worker_build import toolchain

    tools = toolchain.install()
    types = tools.package("@cloudflare/workers-types") / "index.d.ts"
    command = [tools.node, CODEGEN / "codegen/extract.mjs", tools.modules, types]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    found: dict[str, list[model.Declaration]] = {}
    for each in reader.load(done.stdout):
        if each.kind in {"class", "interface", "alias"}:
            found.setdefault(each.name, []).append(each)
    return found


def members(name: str, arguments: tuple[model.Type, ...] = ()) -> Iterator[model.Member]:
    """The members of a declaration, those of what it extends and of each case of it included."""
    for each in declarations()[name]:
        given = dict(zip((param.name for param in each.type_params), arguments, strict=False))
        for param in each.type_params[len(given) :]:
            if param.default is not None:
                given[param.name] = param.default
        yield from model.substitute(each.members, given)
        for parent in model.substitute(each.extends, given):
            yield from of_type(parent)
        if each.type is not None:
            yield from of_type(model.substitute(each.type, given))


def of_type(type: model.Type) -> Iterator[model.Member]:
    """The members that an object of a type has; what holds it (a list, a promise) has none."""
    match type:
        case model.Object(found):
            yield from found
        case model.Ref(name, arguments) if name in declarations() and "." not in name:
            yield from members(name, arguments)
        case model.Ref(name, (inner, *keys)) if name in _CHANGED:
            some = {value for key in keys for value in literals(key)}
            chosen = {"Pick": some.__contains__, "Omit": lambda name: name not in some}
            yield from filter(lambda each: chosen.get(name, bool)(each.name), of_type(inner))
        case _:
            for case in cases(type):
                yield from of_type(case)


# Types of TypeScript that change another: optional members, fewer of them.
_CHANGED = {"Exclude", "Extract", "Omit", "Partial", "Pick", "Readonly", "Required"}


def cases(type: model.Type) -> Iterator[model.Type]:
    """What a type may be: each part of a union or an intersection, each way of a condition."""
    match type:
        case model.Union(items) | model.Intersection(items):
            yield from items
        case model.Conditional(_, _, yes, no):
            yield from (yes, no)
        case model.Index(object, index):
            wanted = literals(index)
            members = (each for each in of_type(object) if each.name in wanted)
            yield from (each.type for each in members if each.type is not None)
        case _:
            pass


def literals(type: model.Type) -> set[object]:
    """The values of a union of literals."""
    return {part.value for part in model.walk(type) if isinstance(part, model.Literal)}


def parts(member: model.Member) -> Iterator[tuple[str, model.Type]]:
    """The types that a member leads to, each with the place that it has in the member."""
    if member.type is not None:
        yield from reached(member.type, "")
    if member.signature is not None:
        yield from _of_signature(member.signature, "")


def reached(type: model.Type, place: str) -> Iterator[tuple[str, model.Type]]:
    """A type taken apart to the objects in it: those of a list, a promise, a callback, a union."""
    match type:
        case model.Object():
            yield place, type
        case model.Ref(name) if name in declarations() or name in _CHANGED:
            yield place, type
        case model.Function(signature) | model.Constructor(signature):
            yield from _of_signature(signature, place)
        case _:
            for inside in (*_held(type), *cases(type)):
                yield from reached(inside, place)


def _held(type: model.Type) -> Iterator[model.Type]:
    match type:
        case model.Ref(_, arguments):
            yield from arguments
        case model.Tuple(items):
            yield from (item.type for item in items)
        case model.Mapped(_, _, inner, _):
            yield inner
        case _:
            pass


def _of_signature(signature: model.Signature, place: str) -> Iterator[tuple[str, model.Type]]:
    for param in signature.params:
        yield from reached(param.type, f"{place}({param.name})")
    yield from reached(signature.result, f"{place}()")
