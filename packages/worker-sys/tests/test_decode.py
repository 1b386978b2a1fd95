"""Decoding, on CPython: the same code runs in the worker."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypedDict

import pytest
from pydantic import BaseModel, Field
from worker_sys import decode as module
from worker_sys.decode import decode
from worker_sys.errors import DecodeError, Error


class Item(BaseModel):
    sku: str
    quantity: int = Field(gt=0)


class Movie(TypedDict):
    title: str


@dataclass
class Point:
    x: int
    y: float


def test_any_type_form_decodes():
    assert decode([{"sku": "a", "quantity": 1}], list[Item]) == [Item(sku="a", quantity=1)]
    assert decode({"x": 1, "y": 2}, Point) == Point(1, 2.0)
    assert decode({"title": "M"}, Movie) == {"title": "M"}
    assert decode("7", int | None) == 7
    assert decode(None, int | None) is None
    assert decode("2026-01-01T00:00:00Z", datetime) == datetime(2026, 1, 1, tzinfo=UTC)
    assert decode(5, Annotated[int, Field(gt=1)]) == 5
    assert decode(5, Annotated[int, ["metadata that cannot be hashed"]]) == 5
    assert decode({"a": 1}, Any) == {"a": 1}


def test_every_problem_is_told_with_its_path():
    with pytest.raises(DecodeError) as caught:
        decode({"items": [{"sku": 1, "quantity": 0}, {}], "a b": "x"}, dict[str, list[Item]])
    assert caught.value.problems == (
        ("$.items[0].sku", "invalid type: int, expected str"),
        ("$.items[0].quantity", "invalid value: input should be greater than 0"),
        ("$.items[1].sku", "missing field"),
        ("$.items[1].quantity", "missing field"),
        ("$['a b']", "invalid type: str, expected list"),
    )
    assert str(caught.value).startswith(
        "invalid type: int, expected str at $.items[0].sku; invalid value: "
    )


@pytest.mark.parametrize(
    ("value", "type", "told"),
    [
        ("x", int, "invalid type: str, expected int at $"),
        (None, str, "invalid type: None, expected str at $"),
        ([], dict, "invalid type: list, expected dict at $"),
        ("x", Item, "invalid type: str, expected an object at $"),
        ("x", datetime, "invalid type: str, expected datetime at $"),
        (1.5, None, "invalid type: float, expected None at $"),
    ],
)
def test_one_problem_reads_as_serde_says_it(value, type, told):
    with pytest.raises(DecodeError) as caught:
        decode(value, type)
    assert str(caught.value) == told


def test_an_adapter_is_made_once_for_each_type():
    module._validator.cache_clear()
    for _ in range(3):
        decode([1], list[int])
    assert module._validator.cache_info().misses == 1


@pytest.fixture
def without_pydantic(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydantic", None)
    module._validator.cache_clear()
    yield
    module._validator.cache_clear()


def test_without_pydantic_the_plain_types_are_checked(without_pydantic):
    assert decode({"a": 1}, dict) == {"a": 1}
    assert decode(1, float) == 1.0
    assert decode(None, None) is None
    with pytest.raises(DecodeError) as caught:
        decode(True, int)
    assert caught.value.problems == (("$", "invalid type: bool, expected int"),)


@pytest.mark.parametrize("wanted", [Point, list[int], int | None, Annotated[int, []]])
def test_without_pydantic_other_types_name_the_extra(without_pydantic, wanted):
    with pytest.raises(Error, match=r"needs pydantic.*worker\[pydantic\]"):
        decode(1, wanted)


@pytest.mark.pyodide
def test_in_a_worker_without_pydantic_the_extra_is_named(pyodide):
    assert "worker[pydantic]" in pyodide.run(
        """
        import sys
        from worker_sys import convert, errors
        sys.modules["pydantic"] = None
        convert.decode.__globals__["_validator"].cache_clear()
        try:
            convert.decode(convert.to_js([1]), list[int])
        except errors.Error as error:
            told = str(error)
        finally:
            del sys.modules["pydantic"]
            convert.decode.__globals__["_validator"].cache_clear()
        told
        """
    )
