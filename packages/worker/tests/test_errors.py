"""The tree of exceptions: what is drawn is what is defined."""

from __future__ import annotations

import builtins
import re

import pytest
from worker import errors
from worker_sys.errors import JsError


def drawn() -> dict[str, tuple[str, str | None]]:
    """Each class of the drawing: its parent in the tree, and the builtin in brackets."""
    tree: dict[str, tuple[str, str | None]] = {}
    above = ["Error"]
    for line in (errors.__doc__ or "").splitlines():
        if found := re.fullmatch(r"([│ ]*[├└]── )(\w+)(?: \((\w+)\))?", line):
            depth = len(found[1]) // 4
            above[depth:] = [found[2]]
            tree[found[2]] = (above[depth - 1], found[3])
    return tree


def defined(cls: type[Exception]) -> dict[str, tuple[str, str | None]]:
    tree: dict[str, tuple[str, str | None]] = {}
    for child in cls.__subclasses__():
        if child.__name__ in errors.__all__ and getattr(errors, child.__name__) is child:
            native = [base.__name__ for base in child.__bases__ if hasattr(builtins, base.__name__)]
            tree[child.__name__] = (cls.__name__, native[0] if native else None)
            tree |= defined(child)
    return tree


def test_the_drawing_is_the_tree() -> None:
    assert drawn() == defined(errors.Error)


def test_siblings_are_drawn_and_exported_in_order() -> None:
    assert errors.__all__ == sorted(errors.__all__)
    public = {*drawn(), "Error", "Problem"}
    assert set(errors.__all__) == public


@pytest.mark.parametrize("name", sorted(set(errors.__all__) - {"Problem"}))
def test_every_error_says_what_it_is_for(name: str) -> None:
    cls = getattr(errors, name)
    assert issubclass(cls, errors.Error)
    assert cls.__doc__


def test_texts_are_the_crates() -> None:
    assert str(errors.BodyUsedError()) == "body has already been read"


def test_a_validation_error_says_every_problem() -> None:
    error = errors.ValidationError(
        [errors.Problem("query", "n", "too big"), errors.Problem("body", "", "missing")]
    )
    assert str(error) == "query n: too big; body: missing"
    with pytest.raises(TypeError):
        errors.ValidationError("text")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "cls"),
    [
        ("E_RECIPIENT_SUPPRESSED", errors.EmailRecipientSuppressed),
        ("RCPT_NOT_ALLOWED", errors.EmailRecipientNotAllowed),
        ("E_RATE_LIMIT_EXCEEDED", errors.RateLimitExceeded),
        ("E_DAILY_LIMIT_EXCEEDED", errors.DailyLimitExceeded),
        ("E_INTERNAL_SERVER_ERROR", errors.InternalError),
    ],
)
def test_coded_errors_have_classes_and_the_crates_text(code: str, cls: type[JsError]) -> None:
    error = errors._narrowed(JsError("why", code=code, js_stack="at x"))
    assert type(error) is cls
    assert str(error) == f"{cls.__name__}: why"
    assert (error.code, error.js_stack, error.message) == (code, "at x", "why")


def test_abandoned_operations_have_classes() -> None:
    aborted = errors._narrowed(JsError("stop", name="AbortError"))
    late = errors._narrowed(JsError("late", name="TimeoutError"))
    assert type(aborted) is errors.AbortError
    assert type(late) is errors.TimedOutError
    assert isinstance(late, TimeoutError)
    assert str(late) == "TimeoutError: late"
    assert errors._narrowed(JsError("other", name="RangeError")) is None


@pytest.mark.parametrize(
    "cls", [errors.FetchError, errors.SocketError, errors.TimedOutError, errors.D1Error]
)
def test_an_error_keeps_what_javascript_said_in_a_narrower_class(cls: type[JsError]) -> None:
    cause = KeyError("x")
    error = JsError("broke", name="TypeError", code="E1", js_stack="at y")
    error.__cause__ = cause
    made = errors.recast(error, cls)
    assert str(made) == "TypeError [E1]: broke"
    assert (made.name, made.code, made.js_stack) == ("TypeError", "E1", "at y")
    assert made.__cause__ is cause
