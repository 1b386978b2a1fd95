"""What a client sent as the type that a handler asks for: all problems at once (ours)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import UTC, date, datetime
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NotRequired, TypedDict
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from worker._typed import json_as, param_as, query_as
from worker.errors import DecodeError, JsonError, Problem, ValidationError


class Item(BaseModel):
    price: float
    name: str


class Cart(BaseModel):
    items: list[Item]
    note: str | None = None


@dataclass
class Page:
    limit: int = 10
    tags: list[str] = default(default_factory=list)
    after: date | None = None


class Search(BaseModel):
    text: Annotated[str, Field(alias="q")]
    kinds: Annotated[set[Literal["a", "b"]] | None, Field(alias="kind")] = None
    exact: bool = False


class Filter(TypedDict):
    x: int
    y: NotRequired[tuple[int, ...]]


class Color(Enum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


type Many = Sequence[int]


def problems(call: Any) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        call()
    return list(caught.value.problems)


def test_a_body_becomes_its_type() -> None:
    cart = json_as('{"items": [{"price": 1, "name": "x"}]}', Cart, status=400)
    assert cart == Cart(items=[Item(price=1.0, name="x")])
    assert json_as("[1, 2]", list[int], status=400) == [1, 2]


def test_a_body_of_another_type_lists_every_problem() -> None:
    text = '{"items": [{"price": "x", "name": "y"}, {"name": 3}]}'
    found = problems(lambda: json_as(text, Cart, status=400))
    places = [(problem.where, problem.at) for problem in found]
    assert places == [
        ("body", "items[0].price"),
        ("body", "items[1].price"),
        ("body", "items[1].name"),
    ]
    assert found[1].message == "missing field"


def test_a_problem_does_not_repeat_what_was_sent() -> None:
    found = problems(lambda: json_as('{"items": "secret-token"}', Cart, status=400))
    assert "secret-token" not in str(found)


@pytest.mark.parametrize("text", ["", "{", "nul", "[1,]", "\ud800", "[" * 100_000])
def test_text_that_is_no_json_says_so(text: str) -> None:
    with pytest.raises(JsonError, match="the body is not JSON") as caught:
        json_as(text, Cart, status=400)
    assert caught.value.status == 400


def test_somebody_elses_json_is_not_the_clients_fault() -> None:
    with pytest.raises(DecodeError):
        json_as("{}", Cart, status=None)
    with pytest.raises(JsonError) as caught:
        json_as("{", Cart, status=None)
    assert caught.value.status is None


@pytest.mark.parametrize(
    ("pairs", "kind", "expected"),
    [
        ([], Page, Page()),
        ([("limit", "5"), ("tags", "a"), ("tags", "b")], Page, Page(5, ["a", "b"])),
        ([("limit", "5"), ("limit", "6")], Page, Page(6)),
        ([("tags", "one")], Page, Page(10, ["one"])),
        ([("after", "2026-01-31")], Page, Page(10, [], date(2026, 1, 31))),
        ([("q", "x"), ("kind", "a"), ("kind", "b"), ("exact", "true")], Search,
         Search(q="x", kind={"a", "b"}, exact=True)),
        ([("x", "1"), ("y", "2"), ("y", "3")], Filter, {"x": 1, "y": (2, 3)}),
        ([("a", "1"), ("a", "2")], dict[str, str], {"a": "2"}),
        ([("a", "1"), ("a", "2")], dict[str, list[int]], {"a": [1, 2]}),
        ([("a", "1")], dict[str, Many], {"a": [1]}),
        ([("x", "1"), ("y", "2")], Filter | None, {"x": 1, "y": (2,)}),
    ],
)  # fmt: skip
def test_a_query_becomes_its_type(pairs: Any, kind: Any, expected: Any) -> None:
    assert query_as(pairs, kind) == expected


def test_a_query_of_another_type_lists_every_problem() -> None:
    pairs = [("limit", "many"), ("after", "soon"), ("tags", "x")]
    found = problems(lambda: query_as(pairs, Page))
    assert [(problem.where, problem.at) for problem in found] == [
        ("query", "limit"),
        ("query", "after"),
    ]
    assert problems(lambda: query_as([], Search))[0].at == "q"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("-7", int, -7),
        ("007", int, 7),
        ("1.5", float, 1.5),
        ("-2e3", float, -2000.0),
        ("Yes", bool, True),
        ("0", bool, False),
        ("x", str, "x"),
        ("123e4567-e89b-12d3-a456-426614174000", UUID, UUID("123e4567e89b12d3a456426614174000")),
        ("2026-01-31", date, date(2026, 1, 31)),
        ("2026-01-31T12:00:00Z", datetime, datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime, datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T12:00:00", datetime, datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("red", Color, Color.RED),
        ("1", Level, Level.LOW),
        ("b", Literal["a", "b"], "b"),
        ("7", int | None, 7),
        ("7", Annotated[int, Field(gt=3)], 7),
    ],
)
def test_a_parameter_becomes_its_type(text: str, kind: Any, expected: Any) -> None:
    value = param_as("p", text, kind)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", int), ("1.0", int), (" 1", int), ("1_0", int), ("٣", int), ("--1", int),
        ("9" * 5000, int),
        ("", float), ("nan", float), ("inf", float), ("1_0.5", float), (" 1.5", float),
        ("1e999", float),
        ("maybe", bool), ("x", UUID), ("2026-02-31", date), ("soon", datetime),
        ("0001-01-01T00:00:00+14:00", datetime),
        ("blue", Color), ("2", Level), ("c", Literal["a", "b"]), ("2", Annotated[int, Field(gt=3)]),
        ("x", list[int]),
    ],
)  # fmt: skip
def test_a_parameter_of_another_type_is_a_problem_of_the_path(text: str, kind: Any) -> None:
    found = problems(lambda: param_as("p", text, kind))
    assert [(problem.where, problem.at) for problem in found] == [("path", "p")]


_TYPES = [int, float, bool, UUID, date, datetime, Color, Level, list[int], dict[str, int], Item]


@given(st.text(), st.sampled_from(_TYPES))
def test_any_text_is_the_type_or_a_problem(text: str, kind: Any) -> None:
    for decode in (
        lambda: param_as("p", text, kind),
        lambda: query_as([(text, text)], Page),
        lambda: json_as(text, kind, status=400),
    ):
        with contextlib.suppress(ValidationError, JsonError):
            decode()
