"""HTTP methods as text with names."""

from __future__ import annotations

import pytest
from worker.method import Method


def test_a_method_is_its_text() -> None:
    assert Method.GET == "GET"
    assert hash(Method.GET) == hash("GET")
    assert {"GET": 1}[Method.GET] == 1
    assert f"{Method.REPORT}" == "REPORT"


def test_all_are_the_crates_ten() -> None:
    names = "HEAD GET POST PUT PATCH DELETE OPTIONS CONNECT TRACE REPORT"
    assert [method.value for method in Method.all()] == names.split()


@pytest.mark.parametrize("verb", ["get", "Post", "DELETE", "head", "oPTIONS", "put"])
def test_verbs_that_fetch_normalises_may_come_in_any_case(verb: str) -> None:
    assert Method.of(verb) is Method[verb.upper()]


@pytest.mark.parametrize("verb", ["PROPFIND", "patch", "M-SEARCH", "x"])
def test_other_verbs_stay_what_they_are(verb: str) -> None:
    assert Method.of(verb) == verb


@pytest.mark.parametrize("verb", ["", "A B", "GET\n", "é", "G/"])
def test_what_is_no_token_is_no_method(verb: str) -> None:
    with pytest.raises(ValueError, match="is not an HTTP method"):
        Method.of(verb)
