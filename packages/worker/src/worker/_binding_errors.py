"""What is said about a binding that is absent, or is another one than the accessor promises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from worker._kinds import accessors
from worker.errors import BindingError

if TYPE_CHECKING:
    from worker._kinds import Kind

__all__ = ["mismatch", "undefined"]


def undefined(name: str, available: Iterable[str], kind: Kind | None = None) -> BindingError:
    """There is no binding of that name.

    Args:
        name: what was asked for.
        available: the names that there are.
        kind: as what it was asked for, None where that was not stated.
    """
    error = _error(f"Binding `{name}` is undefined.", name, available, kind)
    close = _closest(name, error.available)
    if close is not None:
        error.add_note(f"Did you mean `{close}`?")
    if kind is None:
        error.add_note("Declare it in the wrangler file of this environment.")
    else:
        error.add_note(f"Declare it under `{kind.section}` in the wrangler file:\n{error.lines}")
    return _with_available(error)


def mismatch(name: str, available: Iterable[str], kind: Kind, found: str) -> BindingError:
    """The binding exists, and cannot be of that kind.

    Args:
        name: what was asked for.
        available: the names that there are.
        kind: as what it was asked for.
        found: what JavaScript calls the class of what is there.
    """
    text = f"Binding cannot be cast to the type {kind.type_name} from {found}"
    error = _error(text, name, available, kind)
    error.found = found
    fitting = [f'env.{accessor}("{name}")' for accessor in accessors(found)]
    if fitting:
        error.add_note(f"What `{name}` holds is given by {', '.join(fitting)}.")
    else:
        error.add_note(f'What `{name}` holds is given by env["{name}"].')
    error.add_note(f"The type {kind.type_name} is declared under `{kind.section}`:\n{error.lines}")
    return _with_available(error)


def _error(text: str, name: str, available: Iterable[str], kind: Kind | None) -> BindingError:
    error = BindingError(text)
    error.name = name
    error.available = tuple(sorted(available))
    if kind is not None:
        error.kind = kind.type_name
        error.lines = kind.lines(name)
    return error


def _with_available(error: BindingError) -> BindingError:
    if error.available:
        error.add_note(f"The environment holds: {', '.join(error.available)}.")
    return error


def _closest(name: str, available: Iterable[str]) -> str | None:
    """The name that was probably meant: the same in other letters, or nearly the same."""
    import difflib

    by_letters = {each.casefold(): each for each in available}
    close = difflib.get_close_matches(name.casefold(), by_letters, n=1, cutoff=0.7)
    return by_letters[close[0]] if close else None
