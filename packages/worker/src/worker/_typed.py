"""What a client sent, as the type that a handler asks for; what does not fit is listed in full."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from worker_sys import convert

from worker.errors import DecodeError, JsonError, Problem, ValidationError

__all__ = ["json_as", "param_as", "query_as"]

_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE: Final = frozenset({"0", "false", "f", "no", "n", "off"})
_LISTS: Final = frozenset({list, set, frozenset, tuple, Sequence, AbstractSet, Iterable})


def json_as(text: str, type: Any, *, status: int | None) -> Any:
    """JSON text as a type.

    Args:
        text: the JSON.
        type: any type form.
        status: the status to answer the client with when the text is the client's (400); None when
            it came from elsewhere, and a mismatch is not the client's fault.

    Raises:
        JsonError: the text is not JSON.
        ValidationError: the client's JSON is of another type.
        DecodeError: somebody else's JSON is of another type.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JsonError(f"the body is not JSON: {error}", status=status) from error
    if status is None:
        return convert.decode(value, type)
    return _decoded(value, type, "body")


def query_as(pairs: Iterable[tuple[str, str]], type: Any) -> Any:
    """The pairs of a query as a type with named fields.

    A field that is a list or a set collects every value of its name; of other fields that are
    repeated the last one counts.

    Raises:
        ValidationError: they are of another type.
    """
    collects = _collects(type)
    shaped: dict[str, Any] = {}
    for name, value in pairs:
        if collects(name):
            shaped.setdefault(name, []).append(value)
        else:
            shaped[name] = value
    return _decoded(shaped, type, "query")


def param_as(name: str, text: str, type: Any) -> Any:
    """The text of a path parameter as a type; the usual ones without pydantic.

    Raises:
        ValidationError: it is of another type.
    """
    scalar = _scalar(type)
    if scalar is not None:
        read, wanted = scalar
        try:
            return read(text)
        except (ValueError, OverflowError):
            raise ValidationError([Problem("path", name, f"expected {wanted}")]) from None
    if not _is_enum(type):
        return _decoded(text, type, "path", name)
    for member in type:
        if str(member.value) == text:
            return member
    choices = ", ".join(str(member.value) for member in type)
    raise ValidationError([Problem("path", name, f"expected one of {choices}")])


def _decoded(value: Any, type: Any, where: str, at: str = "") -> Any:
    try:
        return convert.decode(value, type)
    except DecodeError as error:
        raise ValidationError(_problems(error, where, at)) from error


def _problems(error: DecodeError, where: str, at: str) -> Iterator[Problem]:
    for path, message in error.problems or (("$", str(error)),):
        place = path.removeprefix("$")
        yield Problem(where, at + place if at else place.removeprefix("."), message)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _integer(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not text.isascii() or "_" in text or text != text.strip() or not math.isfinite(number):
        raise ValueError(text)
    return number


def _boolean(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE and word not in _FALSE:
        raise ValueError(text)
    return word in _TRUE


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_SCALARS: Final[Mapping[Any, tuple[Callable[[str], Any], str]]] = {
    str: (str, "text"),
    int: (_integer, "an integer"),
    float: (_number, "a number"),
    bool: (_boolean, "true or false"),
    UUID: (UUID, "a UUID"),
    date: (date.fromisoformat, "a date such as 2026-01-31"),
    datetime: (_moment, "a time such as 2026-01-31T12:00:00Z"),
}


def _scalar(kind: Any) -> tuple[Callable[[str], Any], str] | None:
    return _SCALARS.get(kind) if isinstance(kind, type) else None


def _collects(kind: Any) -> Callable[[str], bool]:
    """Which names of a query collect all their values, by the type's fields."""
    fields = dict(_fields(kind))
    if None in fields:
        return lambda _name: True
    lists = {name for name, annotation in fields.items() if _is_list(annotation)}
    return lists.__contains__


def _fields(kind: Any) -> Iterator[tuple[str | None, Any]]:
    """The fields of a type, and of each member of a union; None for a dict of lists."""
    for member in _members(kind):
        origin = typing.get_origin(member)
        if origin is not None and issubclass(origin, Mapping):
            if _is_list(typing.get_args(member)[1]):
                yield None, member
        elif hasattr(member, "model_fields"):
            for name, info in member.model_fields.items():
                alias = info.validation_alias or info.alias
                yield alias if isinstance(alias, str) else name, info.annotation
                yield name, info.annotation
        elif dataclasses.is_dataclass(member) or typing.is_typeddict(member):
            yield from typing.get_type_hints(member, include_extras=True).items()


def _members(kind: Any) -> Iterator[Any]:
    """A type without its aliases and annotations, member by member when it is a union."""
    origin = typing.get_origin(kind)
    if isinstance(kind, typing.TypeAliasType):
        yield from _members(kind.__value__)
    elif origin in {typing.Annotated, typing.Required, typing.NotRequired}:
        yield from _members(typing.get_args(kind)[0])
    elif origin in {typing.Union, types.UnionType}:
        for member in typing.get_args(kind):
            yield from _members(member)
    else:
        yield kind


def _is_list(annotation: Any) -> bool:
    return any((typing.get_origin(each) or each) in _LISTS for each in _members(annotation))
