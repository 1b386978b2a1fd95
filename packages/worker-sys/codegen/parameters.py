"""Type parameters as Python writes them."""

from __future__ import annotations

from .model import KeyOf, Keyword, Literal, Ref, Type, TypeParam, Union
from .polarity import RECEIVED, Polarity
from .spelling import Types


def type_params(params: tuple[TypeParam, ...], types: Types, way: str) -> str:
    """Write `[T: Bound = Default]`; a bound that Python cannot have is left out and noted."""
    if not params:
        return ""
    written: list[str] = []
    defaulted = False
    for param in params:
        bound = _bound(param, types)
        text = f"{param.name}: {bound}" if bound else param.name
        if param.default:
            text += f" = {types.write(param.default, way)}"
        elif defaulted:  # Python has parameters with a default at the end only
            text += f" = {bound or types.builtin('object')}"
        defaulted = defaulted or bool(param.default)
        written.append(text)
    return f"[{', '.join(written)}]"


def is_plain(type_: Type, polarity: Polarity) -> bool:
    """Tell whether a type reads the same given and received, so that it can bound either."""
    world = polarity.world
    match type_:
        case Keyword() | Literal():
            return True
        case KeyOf():
            return world.keys(type_) is not None
        case Union(items):
            return all(is_plain(item, polarity) for item in items)
        case Ref(name, ()) if name in world.shapes:
            return not polarity.is_data(name)
        case Ref(name, ()) if name in world.aliases:
            return is_plain(world.aliases[name].type, polarity)
        case _:
            return False


def _bound(param: TypeParam, types: Types) -> str:
    if param.bound is None or param.bound == Keyword("unknown"):
        return ""
    if not is_plain(param.bound, types.imports.names.polarity):
        types.note(f"the type parameter `{param.name}` has no bound")
        return ""
    return types.write(param.bound, RECEIVED)
