"""Plain values to the type that was asked for, with pydantic where it is installed."""

from __future__ import annotations

import functools
import importlib.util
from typing import Any

from worker_sys.errors import DecodeError, Error

_PLAIN = (str, int, float, bool, bytes, dict, list)


class MissingExtraError(Error, ImportError):
    """A type was asked for that only pydantic can decode, and pydantic is not installed."""


@functools.cache
def _adapter(type: Any) -> Any:
    import pydantic

    return pydantic.TypeAdapter(type)


def decode(value: Any, type: Any) -> Any:
    """Check a plain Python value against a type and return it as that type.

    Args:
        value: what `to_py` gives.
        type: any type form: a class, `list[X]`, `A | B`, `Annotated[…]`.

    Raises:
        DecodeError: `invalid type: {got}, expected {want} at {path}`; `problems` lists all.
        MissingExtraError: the type needs pydantic, and `worker[pydantic]` is not installed.
    """
    if type is Any or type is None:
        return value
    if importlib.util.find_spec("pydantic") is None:
        return _without_pydantic(value, type)
    import pydantic

    try:
        return _adapter_of(type).validate_python(value)
    except pydantic.ValidationError as error:
        problems = [(_path(item["loc"]), item["msg"]) for item in error.errors(include_url=False)]
        first = error.errors(include_url=False)[0]
        raise DecodeError(_sentence(first), problems) from error


def _adapter_of(type: Any) -> Any:
    try:
        return _adapter(type)
    except TypeError:  # a type form that cannot be hashed
        import pydantic

        return pydantic.TypeAdapter(type)


def _path(location: tuple[int | str, ...]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def _sentence(problem: Any) -> str:
    if problem["type"] == "missing":
        return f"missing field at {_path(problem['loc'])}"
    got = problem["input"]
    text = f"{type(got).__name__} {got!r}"
    return f"invalid type: {text[:80]}, expected {problem['msg']} at {_path(problem['loc'])}"


def _without_pydantic(value: Any, type: Any) -> Any:
    if type in _PLAIN:
        if type is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, type) and not (type is int and isinstance(value, bool)):
            return value
        raise DecodeError(
            f"invalid type: {value.__class__.__name__}, expected {type.__name__} at $",
            [("$", f"expected {type.__name__}")],
        )
    raise MissingExtraError(
        f"{type!r} needs pydantic: depend on `worker[pydantic]`, or ask for plain values"
    )
