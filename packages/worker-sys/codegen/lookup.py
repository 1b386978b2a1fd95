"""What `Type["member"]` and `Type[keyof Type]` come to."""

from __future__ import annotations

from .model import Index, KeyOf, Keyword, Literal, Ref, Type, Union, transform
from .world import ANY, World


class Lookup:
    """Works out indexed types as far as what they look into is known."""

    def __init__(self, world: World) -> None:
        self.world = world

    def index(self, type_: Type) -> Type:
        """Work out one `object[index]` whose parts are worked out already."""
        if not isinstance(type_, Index):
            return type_
        found = self.looked_up(type_.object, type_.index)
        return transform(found, self.index) if found is not None else type_

    def looked_up(self, holder: Type, key: Type) -> Type | None:
        match holder, key:
            case Ref("Array" | "ReadonlyArray", (item,)), Keyword("number"):
                return item
            case Ref("Record", (_, value)), _:
                return value
            case Ref(name), _ if name in self.world.aliases:
                expanded = self.world.expand(holder)
                return self.looked_up(expanded, key) if expanded else None
            case _, Literal(str() as name):
                return self.world.member_type(holder, name) or (
                    ANY if isinstance(holder, Keyword) else None
                )
            case _, Union() | KeyOf() | Ref():
                keys = self.world.keys(key)
                types = [self.world.member_type(holder, k) for k in keys or ()]
                known = tuple(dict.fromkeys(t for t in types if t is not None))
                return Union(known) if known else None
            case _:
                return None
