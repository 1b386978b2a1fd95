"""The exports of the generated `shim.mjs`, from a manifest.

The text is small enough to read: each export is made by a factory of the runtime, which is given
the export's name and exactly the JavaScript methods that the Python class defines. The platform
decides by those what a class can do, so a method that nobody wrote must not be there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from worker_macros.entrypoint import DEFAULT
from worker_macros.registry import JS_NAMES

__all__ = ["shim"]

_LONGEST: Final = 70


def shim(manifest: Mapping[str, Any], *, runtime: str = "./runtime.mjs") -> str:
    """The JavaScript text that exports everything in the manifest.

    Args:
        manifest: what `registry.manifest()` gave, without problems.
        runtime: the module that holds the factories, as the shim imports it.

    Returns:
        An ES module. Its default export is the class `Default` when there is one, else an object
        with the `@event` handlers; every other class is exported under its name, in the order
        objects, entrypoints, workflows, each sorted by name.
    """
    exports = [
        _default(manifest),
        *_classes("durableObject", manifest["objects"]),
        *_classes("entrypoint", manifest["entrypoints"]),
        *[
            f"export const {entry['name']} = workflow({_js(entry['name'])});"
            for entry in _sorted(manifest["workflows"])
        ],
    ]
    names = ", ".join(sorted({_factory(line) for line in exports}))
    return f"import {{ {names} }} from {_js(runtime)};\n\n" + "\n".join(exports) + "\n"


def _factory(line: str) -> str:
    """The factory that an export line calls."""
    return line.partition("(")[0].rpartition(" ")[2]


def _default(manifest: Mapping[str, Any]) -> str:
    kinds = [JS_NAMES.get(entry["kind"], entry["kind"]) for entry in manifest["handlers"]]
    for entry in manifest["entrypoints"]:
        if entry["name"] == DEFAULT:
            arguments = [_js(DEFAULT), _list(_names(entry))]
            if kinds:
                arguments.append(_list(kinds))
            return f"export default entrypoint({', '.join(arguments)});"
    return f"export default handlers({_list(kinds)});"


def _classes(factory: str, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"export const {entry['name']} = {factory}({_js(entry['name'])}, {_list(_names(entry))});"
        for entry in _sorted(entries)
        if entry["name"] != DEFAULT
    ]


def _sorted(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(entries, key=lambda entry: str(entry["name"]))


def _names(entry: Mapping[str, Any]) -> list[str]:
    return [method["name"] for method in entry["methods"]]


def _list(names: Sequence[str]) -> str:
    line = f"[{', '.join(map(_js, names))}]"
    if len(line) < _LONGEST:
        return line
    return "[\n" + "".join(f"  {_js(name)},\n" for name in names) + "]"


def _js(text: str) -> str:
    """A string literal of JavaScript; names are identifiers, so JSON's escapes are enough."""
    return "'" + json.dumps(text)[1:-1].replace("'", "\\'").replace('\\"', '"') + "'"
