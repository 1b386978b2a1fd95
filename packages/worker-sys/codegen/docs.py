"""A JSDoc comment as a docstring: its facts, its link as the source, no TypeScript examples."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINK = re.compile(r"\{@link\s+([^}|]+?)(?:\s*\|\s*[^}]*)?\}")
_REFERENCE = re.compile(r"^\[[^\]]*(?:Reference|Docs)[^\]]*\]\((https?://[^)]+)\)\.?$")
_TAG = re.compile(r"^@(\w+)\s*(.*)$")
_TITLES = {
    "returns": "Returns",
    "return": "Returns",
    "throws": "Raises",
    "see": "See",
    "default": "Default",
    "deprecated": "Deprecated",
    "property": "Property",
}


def docstring(text: str, indent: str) -> list[str]:
    """Write a comment as the lines of a docstring, quotes included; nothing for no comment."""
    lines = list(_lines(text))
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return []
    escaped = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    if len(escaped) == 1 and not escaped[0].endswith('"'):
        return [f'{indent}"""{escaped[0]}"""']
    body = [f"{indent}{line}" if line else "" for line in escaped[1:]]
    return [f'{indent}"""{escaped[0]}', *body, f'{indent}"""']


def _lines(text: str) -> Iterator[str]:
    """Translate the comment line by line; an example ends at the next tag."""
    in_example = False
    blank = True  # swallows empty lines at the beginning and after empty lines
    for raw in text.splitlines():
        tag = _TAG.match(raw.strip())
        if tag:
            in_example = tag[1] == "example"
        if in_example:
            continue
        line = _tagged(tag[1], tag[2]) if tag else raw.rstrip()
        line = _LINK.sub(r"`\1`", line).replace("**`", "`").replace("`**", "`")
        reference = _REFERENCE.match(line.strip())
        line = f"Source: {reference[1]}" if reference else line
        if line or not blank:
            yield line
        blank = not line


def _tagged(tag: str, text: str) -> str:
    if tag == "param":
        name, _, what = text.partition(" ")
        return f"Argument `{name}`: {what.removeprefix('- ').strip()}".rstrip()
    title = _TITLES.get(tag, tag)
    return f"{title}: {text}" if text else f"{title}."
