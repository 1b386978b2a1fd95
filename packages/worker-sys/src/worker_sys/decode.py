"""Plain values as the type that a caller asks for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from worker_sys.errors import DecodeError, Error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["decode"]

T = TypeVar("T")

# What can be told apart without pydantic.
_BASIC: Final = frozenset({bool, int, float, str, bytes, dict, list, set, type(None)})
_EXTRA: Final = 'install it with `uv add "worker[pydantic]"`'


@overload
def decode(value: Any, type: type[T], /) -> T: ...
@overload
def decode(value: Any, type: Any, /) -> Any: ...
def decode(value: Any, type: Any, /) -> Any:
    """A value as `type`.

    Args:
        value: a plain value, as `convert.to_py` and `json.loads` give it, or a JavaScript object.
        type: any type form that pydantic knows: a model, a dataclass, a TypedDict, `list[X]`, `A |
            B`, `Annotated[…]`. Without pydantic, `Any` and the plain types themselves: `str`,
            `int`, `float`, `bool`, `bytes`, `dict`, `list`.

    Returns:
        The value as that type; numbers and dates in text are read, as pydantic does by default.

    Raises:
        DecodeError: it is not of that type: `invalid type: str, expected int at $.items[3].price`.
        Error: pydantic is not installed, and the type is none of the plain ones.
    """
    from worker_sys import js

    if js.IN_WORKER and isinstance(value, js.JsProxy):
        from worker_sys.convert import to_py

        value = to_py(value)
    if type is Any or type is object:
        return value
    try:
        validate = _validator(type)
    except TypeError:  # an Annotated with metadata that cannot be hashed
        validate = _new_validator(type)
    if validate is None:
        return _basic(value, type)
    return validate(value)


def _new_validator(wanted: Any) -> Any:
    try:
        from pydantic import TypeAdapter, ValidationError
    except ModuleNotFoundError as error:
        if error.name != "pydantic":
            raise
        return None
    adapter: TypeAdapter[Any] = TypeAdapter(wanted)

    def validate(value: Any) -> Any:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            problems = tuple(_problems(error.errors(include_url=False)))
            message = "; ".join(f"{told} at {path}" for path, told in problems)
            raise DecodeError(message, problems=problems) from error

    return validate


_validator = lru_cache(maxsize=512)(_new_validator)

_WANTED: Final = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "string": "str",
    "bytes": "bytes",
    "dict": "dict",
    "list": "list",
    "set": "set",
    "tuple": "tuple",
    "frozen_set": "frozenset",
    "none_required": "None",
    "model": "an object",
    "model_attributes": "an object",
    "dataclass": "an object",
    "datetime": "datetime",
    "date": "date",
    "time": "time",
    "time_delta": "timedelta",
    "decimal": "Decimal",
    "uuid": "UUID",
    "mapping": "an object",
    "iterable": "a list",
}


def _problems(errors: Any) -> Iterator[tuple[str, str]]:
    for told in errors:
        yield _path(told["loc"]), _sentence(told)


def _sentence(told: Mapping[str, Any]) -> str:
    kind: str = told["type"]
    if kind == "missing":
        return "missing field"
    wanted = _WANTED.get(kind.removesuffix("_type").removesuffix("_parsing").partition("_from_")[0])
    if kind.endswith(("_type", "_parsing")) or kind == "none_required":
        if wanted is not None:
            return f"invalid type: {_name(told['input'])}, expected {wanted}"
        return f"invalid type: {_name(told['input'])}, {_lower(told['msg'])}"
    return f"invalid value: {_lower(told['msg'])}"


def _path(places: tuple[int | str, ...]) -> str:
    return "$" + "".join(
        f"[{place}]"
        if isinstance(place, int)
        else f".{place}"
        if place.isidentifier()
        else f"[{place!r}]"
        for place in places
    )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _name(value: Any) -> str:
    return "None" if value is None else type(value).__name__


def _basic(value: Any, wanted: Any) -> Any:
    if wanted is None:
        wanted = type(None)
    if not any(wanted is basic for basic in _BASIC):
        name = getattr(wanted, "__name__", None) or str(wanted)
        raise Error(f"decoding to {name} needs pydantic: {_EXTRA}")
    if type(value) is wanted:
        return value
    if wanted is float and type(value) is int:
        return float(value)
    expected = "None" if wanted is type(None) else wanted.__name__
    told = f"invalid type: {_name(value)}, expected {expected}"
    raise DecodeError(f"{told} at $", problems=[("$", told)])
