"""What is wrong with a registry as a whole: questions that only the finished build can answer.

Everything here works on the manifest, so that the build tool can ask outside the image.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast, final

from worker_macros.entrypoint import DEFAULT

__all__ = ["Problem", "problems", "unbound"]

# fmt: off
_TAKEN: Final = frozenset({
    "arguments", "case", "catch", "const", "debugger", "default", "delete", "do",
    "durableObject", "entrypoint", "enum", "eval", "export", "extends", "function",
    "handlers", "implements", "instanceof", "interface", "let", "new", "null", "package",
    "private", "protected", "public", "static", "super", "switch", "this", "throw",
    "typeof", "var", "void", "workflow",
})
# fmt: on
"""Python names that a `const` of the shim cannot have, or that its factories have."""
_CLASSES: Final = ("objects", "entrypoints", "workflows")


@final
@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: what it is, where (`file:line`, or empty), and what to do about it."""

    what: str
    where: str
    fix: str


def problems(manifest: Mapping[str, Any]) -> list[Problem]:
    """Everything that makes the registry impossible to serve; empty when it is fine.

    Args:
        manifest: what `registry.manifest()` gave.
    """
    return [
        *_no_entry_point(manifest),
        *_twice(manifest),
        *_beside_default(manifest),
        *_same_export(manifest),
        *_not_javascript(manifest),
    ]


def _place(entry: Mapping[str, Any]) -> str:
    return f"{entry['file']}:{entry['line']}"


def _classes(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [entry for section in _CLASSES for entry in manifest[section]]


def _default(manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((entry for entry in manifest["entrypoints"] if entry["name"] == DEFAULT), None)


def _no_entry_point(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    if not manifest["handlers"] and not _classes(manifest):
        yield Problem(
            "the project has no entry point: nothing is decorated with `@event.fetch`,"
            " another event or `@durable_object`",
            "",
            "write `@event.fetch` above `async def main(req, env, ctx)` in the entry module,"
            " or import the module that has it there",
        )


def _twice(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    counts = Counter(entry["kind"] for entry in manifest["handlers"])
    for kind, count in counts.items():
        if count == 1:
            continue
        same = [entry for entry in manifest["handlers"] if entry["kind"] == kind]
        names = " and ".join(f"`{entry['name']}` ({_place(entry)})" for entry in same)
        yield Problem(
            f"the worker has {count} `{kind}` handlers: {names}",
            _place(same[-1]),
            f"keep one `@event.{kind}` and call the other functions from it",
        )


def _beside_default(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    default = _default(manifest)
    if default is None:
        return
    defined = {method["attribute"] for method in default["methods"] if _is_handler(method)}
    for entry in manifest["handlers"]:
        if entry["kind"] in defined:
            yield Problem(
                f"`@event.{entry['kind']}` on `{entry['name']}` stands beside"
                f" `{default['name']}.{entry['kind']}` ({_place(default)}):"
                " both would answer the same event",
                _place(entry),
                "keep one of the two",
            )


def _is_handler(method: Mapping[str, Any]) -> bool:
    return method["role"] == "handler"


def _same_export(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    seen: dict[str, Mapping[str, Any]] = {}
    for entry in _classes(manifest):
        first = seen.setdefault(entry["name"], entry)
        if first is not entry:
            yield Problem(
                f"two classes are exported as `{entry['name']}`: the other is at {_place(first)}",
                _place(entry),
                "rename one of them; a base class for others begins with `_`",
            )
        if entry["name"] == DEFAULT and entry["kind"] != "entrypoint":
            yield Problem(
                f"the {entry['kind']} class at {_place(entry)} cannot be named `{DEFAULT}`:"
                " that is the worker's default export",
                _place(entry),
                "give it another name",
            )


def _not_javascript(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for entry in _classes(manifest):
        if entry["name"] in _TAKEN:
            yield Problem(
                f"`{entry['name']}` cannot be the name of a JavaScript export",
                _place(entry),
                f"rename the class, for example to `{entry['name'].capitalize()}`",
            )


def unbound(manifest: Mapping[str, Any], config: Mapping[str, Any]) -> list[Problem]:
    """Classes that the wrangler file does not know, with what to add to it: warnings.

    Args:
        manifest: what `registry.manifest()` gave.
        config: the wrangler configuration of the chosen environment, as wrangler reads it.
    """
    return [*_unbound_objects(manifest, config), *_unbound_workflows(manifest, config)]


def _list(value: object) -> Sequence[Mapping[str, Any]]:
    return cast("list[Mapping[str, Any]]", value) if isinstance(value, list) else []


def _unbound_objects(manifest: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[Problem]:
    objects: Mapping[str, Any] = config.get("durable_objects") or {}
    bound = {binding.get("class_name") for binding in _list(objects.get("bindings"))}
    migrated = _migrated(_list(config.get("migrations")))
    for entry in manifest["objects"]:
        name = entry["name"]
        if name not in bound:
            yield Problem(
                f"the Durable Object `{name}` has no binding",
                _place(entry),
                "add to wrangler.toml:\n\n[[durable_objects.bindings]]\n"
                f'name = "{_constant(name)}"\nclass_name = "{name}"\n',
            )
        if name not in migrated:
            tag = f"v{len(_list(config.get('migrations'))) + 1}"
            yield Problem(
                f"the Durable Object `{name}` is in no migration",
                _place(entry),
                f'add to wrangler.toml:\n\n[[migrations]]\ntag = "{tag}"\n'
                f'new_sqlite_classes = ["{name}"]\n',
            )


def _migrated(migrations: Sequence[Mapping[str, Any]]) -> set[str]:
    """The classes that exist after all migrations, in order."""
    classes: set[str] = set()
    for step in migrations:
        classes.update(step.get("new_classes") or ())
        classes.update(step.get("new_sqlite_classes") or ())
        for renamed in _list(step.get("renamed_classes")):
            classes.discard(str(renamed.get("from")))
            classes.add(str(renamed.get("to")))
        classes.update(str(moved.get("to")) for moved in _list(step.get("transferred_classes")))
        classes.difference_update(step.get("deleted_classes") or ())
    return classes


def _unbound_workflows(manifest: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[Problem]:
    bound = {binding.get("class_name") for binding in _list(config.get("workflows"))}
    for entry in manifest["workflows"]:
        name = entry["name"]
        if name not in bound:
            yield Problem(
                f"the workflow `{name}` has no binding",
                _place(entry),
                "add to wrangler.toml:\n\n[[workflows]]\n"
                f'name = "{_constant(name).lower().replace("_", "-")}"\n'
                f'binding = "{_constant(name)}"\nclass_name = "{name}"\n',
            )


def _constant(name: str) -> str:
    """`ChatRoom` as a binding is called: `CHAT_ROOM`."""
    split = "".join(
        f"_{letter}" if letter.isupper() and index and not name[index - 1].isupper() else letter
        for index, letter in enumerate(name)
    )
    return split.upper()
