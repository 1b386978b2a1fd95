"""Route patterns: text to segments, and back to paths.

Two spellings, which may be mixed, mean the same:

| crate's | braces | matches |
|---|---|---|
| `/user/:id` | `/user/{id}` | one segment, at least one character |
| `/@:name` | `/@{name}.json` | a segment with fixed text before (braces: and after) the parameter |
| `/file/*rest` | `/file/{rest:path}` | the rest of the path, at least one character; last only |
| | `/user/{id:int}` | a segment of that form: `int`, `float`, `uuid`, or `str` for any |

`{{`, `}}`, `::` and `**` stand for the character itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from worker.errors import RouteInsertError, RouteNameError

__all__ = ["CHECKS", "Param", "Pattern", "parse"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_UUID: Final = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
_INT: Final = re.compile(r"-?[0-9]{1,4000}")
_FLOAT: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~!$&'()+,;=@|%-]*")
# Fixed text is compared with the raw path, in which URL parsers encode these.
_SAFE: Final = "!$&'()*+,-./:;=@[]^_|~%\\"
# A parameter in a built path: everything that a path segment may hold as it is.
_PCHAR: Final = "!$&'()*+,-.:;=@_~"

type Check = Callable[[str], object]

CHECKS: Final[Mapping[str, Check]] = {
    "int": _INT.fullmatch,
    "float": _FLOAT.fullmatch,
    "uuid": _UUID.fullmatch,
}
"""Forms a parameter may be held to, most particular first: an `int` is tried before a `float`."""


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter, which takes the part of a segment between `prefix` and `suffix`."""

    name: str
    form: str = "str"
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern.

    Attributes:
        text: as written.
        segments: fixed text (as in a raw path) or a parameter, one for each part of the path.
        tail: the parameter that takes the rest of the path, after `segments`.
    """

    text: str
    segments: tuple[str | Param, ...]
    tail: Param | None = None

    @property
    def params(self) -> tuple[str, ...]:
        """The names of the parameters, from left to right."""
        names = [segment.name for segment in self.segments if isinstance(segment, Param)]
        return (*names, self.tail.name) if self.tail else tuple(names)

    @property
    def is_static(self) -> bool:
        """Whether the pattern matches one path only."""
        return self.tail is None and all(isinstance(segment, str) for segment in self.segments)

    @property
    def static_path(self) -> str:
        """The path of a static pattern."""
        return "/" + "/".join(str(segment) for segment in self.segments)

    def under(self, prefix: Pattern) -> Pattern:
        """This pattern, mounted below another that has no tail; `/` is the prefix itself."""
        if self.tail is None and self.segments == ("",):
            return prefix
        text = prefix.text.rstrip("/") + self.text
        if not set(prefix.params).isdisjoint(self.params):
            raise _refused(text, "a parameter's name occurs twice")
        base = prefix.segments[:-1] if prefix.segments[-1] == "" else prefix.segments
        return Pattern(text, base + self.segments, self.tail)

    def build(self, params: Mapping[str, object]) -> str:
        """The path that this pattern matches with those parameters.

        Raises:
            RouteNameError: a parameter is missing, unknown, empty, or not of its form.
        """
        names = set(self.params)
        if names != set(params):
            wanted = ", ".join(sorted(names)) or "none"
            raise RouteNameError(f"{self.text} takes the parameters {wanted}")
        parts = [
            segment if isinstance(segment, str) else _filled(self.text, segment, params)
            for segment in self.segments
        ]
        if self.tail is not None:
            parts.append(_filled(self.text, self.tail, params))
        return "/" + "/".join(parts)


def parse(text: str) -> Pattern:
    """Read a pattern.

    Raises:
        RouteInsertError: it does not begin with `/`, holds a query or a fragment, a parameter has
            no proper name, occurs twice, shares its segment with another, or follows a wildcard.
    """
    if not text.startswith("/"):
        raise _refused(text, "it does not begin with /")
    segments: list[str | Param] = []
    for piece in text[1:].split("/"):
        if segments and isinstance(last := segments[-1], Param) and last.form == "path":
            raise _refused(text, f"nothing may follow the wildcard {last.name}")
        segments.append(_segment(text, piece))
    last = segments[-1]
    tail = last if isinstance(last, Param) and last.form == "path" else None
    pattern = Pattern(text, tuple(segments[:-1] if tail else segments), tail)
    if len(set(pattern.params)) != len(pattern.params):
        raise _refused(text, "a parameter's name occurs twice")
    return pattern


def _segment(text: str, piece: str) -> str | Param:
    """One segment: literal text around at most one parameter."""
    if _PLAIN.fullmatch(piece):
        return piece
    literals = ["", ""]
    param: Param | None = None
    rest = piece
    while rest:
        if rest[:2] in {"{{", "}}", "::", "**"}:
            literals[param is not None] += rest[0]
            rest = rest[2:]
        elif rest[0] in "{:*":
            if param is not None:
                raise _refused(text, f"the segment {piece!r} has more than one parameter")
            param, rest = _param(text, rest)
        elif rest[0] in "}?#":
            raise _refused(text, f"{rest[0]!r} cannot stand in a path")
        else:
            literals[param is not None] += rest[0]
            rest = rest[1:]
    prefix, suffix = (quote(literal, safe=_SAFE) for literal in literals)
    if param is None:
        return prefix
    if param.form == "path" and (prefix or suffix):
        raise _refused(text, f"the wildcard {param.name} must be a whole segment")
    return Param(param.name, param.form, prefix, suffix)


def _param(text: str, rest: str) -> tuple[Param, str]:
    """The parameter that `rest` begins with, and what follows it in the segment."""
    if rest[0] == "{":
        inner, brace, after = rest[1:].partition("}")
        if not brace:
            raise _refused(text, "a { is not closed")
        name, colon, form = inner.partition(":")
        form = form if colon else "str"
    else:
        # The crate's spelling has no end but the segment's.
        name, after = rest[1:], ""
        form = "str" if rest[0] == ":" else "path"
    if not _NAME.fullmatch(name):
        raise _refused(text, f"{name!r} is no name for a parameter")
    if form not in CHECKS and form not in {"str", "path"}:
        raise _refused(text, f"{form!r} is none of int, float, uuid, str, path")
    return Param(name, form), after


def _filled(text: str, param: Param, params: Mapping[str, object]) -> str:
    value = str(params[param.name])
    safe = _PCHAR + "/" if param.form == "path" else _PCHAR
    check = CHECKS.get(param.form)
    # URL parsers resolve "." and "..", even when they are escaped.
    dots = {".", ".."}.intersection(value.split("/") if param.form == "path" else (value,))
    whole = not param.prefix and not param.suffix
    if not value or (dots and whole) or (check is not None and not check(value)):
        raise RouteNameError(f"{value!r} cannot be the parameter {param.name} of {text}")
    return f"{param.prefix}{quote(value, safe=safe)}{param.suffix}"


def _refused(text: str, why: str) -> RouteInsertError:
    return RouteInsertError(f"failed to register route for {text} pattern: {why}", pattern=text)
