"""From the declarations of the file to named shapes, aliases and values."""

from __future__ import annotations

import keyword

from .hoist import Hoister, pascal
from .model import Declaration, Member, Ref, Signature, Type, Var, substitute
from .overloads import Overloads
from .polarity import only_data
from .settle import Settler
from .world import ANY, Shape, World

GLOBALS = "Globals"


def lower(declarations: list[Declaration]) -> World:
    """Work the declarations out until each can be written down by itself."""
    world = World(declarations)
    hoister = Hoister(world)
    for declaration in declarations:
        hoister.run(declaration)
    Settler(world).run()
    for shape in [shape for shape in world.shapes.values() if shape.is_class]:
        _add_constructor(world, shape)
    _add_spaces(world)
    Overloads(world).run()
    for shape in world.shapes.values():
        _drop_parameters(world, shape)
    return world


def _drop_parameters(world: World, shape: Shape) -> None:
    """Make a shape with a key like `class` a plain one: such a `TypedDict` cannot be generic."""
    reserved = any(keyword.iskeyword(member.name) for member in shape.members)
    if not shape.params or not reserved or not only_data(world, shape):
        return
    world.note(shape.origin, "with a reserved word as a key it cannot be generic")
    values = {param.name: param.bound or ANY for param in shape.params}
    shape.members = substitute(shape.members, values)
    shape.params = ()


def _add_constructor(world: World, shape: Shape) -> None:
    """Declare the object a class is at run time: `new` and what is static."""
    statics = tuple(member for member in shape.members if member.static)
    news = [] if shape.origin.abstract else _constructors(world, shape)
    result = Ref(shape.name, tuple(Var(param.name) for param in shape.params))
    made = tuple(
        Member("new", "", signature=Signature(shape.params, new.params, result), doc=new_doc)
        for new, new_doc in news
    )
    name = f"{shape.name}Constructor"
    members = tuple(
        Member(m.kind, m.name, m.type, m.signature, m.optional, m.readonly, doc=m.doc)
        for m in statics
    )
    world.shapes[name] = Shape(
        name, shape.origin, (), (*made, *members), doc=f"The class `{shape.name}` itself."
    )
    shape.members = tuple(m for m in shape.members if not m.static and m.kind != "new")


def _constructors(world: World, shape: Shape) -> list[tuple[Signature, str]]:
    """Find the constructors of a class: its own, or those it inherits, or the one without any."""
    own = [(m.signature, m.doc) for m in shape.origin.members if m.kind == "new" and m.signature]
    if own:
        hoisted = [m for m in shape.members if m.kind == "new" and m.signature]
        return [(m.signature, m.doc) for m in hoisted if m.signature]
    for base in shape.bases:
        if isinstance(base, Ref) and base.name in world.shapes:
            constructor = world.shapes.get(f"{base.name}Constructor")
            if constructor:
                made = [m for m in constructor.members if m.kind == "new" and m.signature]
                return [(m.signature, m.doc) for m in made if m.signature]
            return _constructors(world, world.shapes[base.name])
    return [(Signature((), (), shape_type(shape)), "")]


def shape_type(shape: Shape) -> Type:
    """Refer to a shape from inside."""
    return Ref(shape.name, tuple(Var(param.name) for param in shape.params))


def space_name(space: str) -> str:
    """Name the object that a namespace or a module is at run time."""
    return f"{pascal(space)}{'Module' if ':' in space else 'Namespace'}" if space else GLOBALS


def _add_spaces(world: World) -> None:
    """Declare what is reachable by name: the global object, each namespace and each module."""
    spaces = [None, *(d for d in world.declarations if d.kind in {"namespace", "module"})]
    for space in spaces:
        name = space.name if space else ""
        members = _space_members(world, name)
        bases = tuple(
            Ref(space_name(d.target))
            for d in world.declarations
            if d.kind == "export" and d.space == name and d.name.endswith(".=")
        )
        if members or bases:
            origin = space or world.declarations[0]
            title = space_name(name)
            doc = f"What `{name}` holds." if name else "What the global object holds."
            parts = {m.name: d for m in members for d in _declaring(world, name, m.name)}
            world.shapes[title] = Shape(title, origin, (), members, bases, doc, parts=parts)


def _declaring(world: World, space: str, name: str) -> list[Declaration]:
    """Find where a member of a namespace is declared, an exported name under its own."""
    here = [d for d in world.declarations if d.space == space]
    own = {d.target: d.name.rpartition(".")[2] for d in here if d.kind == "export"}
    held = [d for d in here if d.kind in {"class", "var", "function", "namespace"}]
    plain = ((d, d.name.rpartition(".")[2]) for d in held)
    return [d for d, last in plain if own.get(last, last) == name]


def _space_members(world: World, space: str) -> tuple[Member, ...]:
    here = [declaration for declaration in world.declarations if declaration.space == space]
    exported = {
        f"{space}.{d.target}": d.name.rpartition(".")[2] for d in here if d.kind == "export"
    }
    members: list[Member] = []
    for declaration in here:
        name = exported.get(declaration.name, declaration.name.rpartition(".")[2])
        if declaration.kind == "class":
            type_ = Ref(f"{declaration.name}Constructor")
            members.append(Member("property", name, type_, readonly=True, doc=declaration.doc))
        elif declaration.kind == "namespace":
            members += _namespace_member(world, declaration, name)
    for key, overloads in world.values.items():
        for origin, value in overloads:
            if origin.space == space:
                name = exported.get(key, key.rpartition(".")[2])
                kind = "method" if value.signature else "property"
                members.append(
                    Member(
                        kind,
                        name,
                        value.type,
                        value.signature,
                        readonly=not value.signature,
                        doc=origin.doc,
                    )
                )
    return tuple(members)


def _namespace_member(world: World, declaration: Declaration, name: str) -> list[Member]:
    """Refer to a namespace that exists at run time; one of types alone does not."""
    held = _space_members(world, declaration.name)
    if not held or name in world.values:
        return []
    type_ = Ref(space_name(declaration.name))
    return [Member("property", name, type_, readonly=True, doc=declaration.doc)]
