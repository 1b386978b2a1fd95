"""Route patterns: both spellings, refusals, and paths built from names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker.errors import RouteInsertError, RouteNameError
from worker.router.matcher import TrieMatcher
from worker.router.pattern import Param, parse


@pytest.mark.parametrize(
    ("crate", "braces"),
    [
        ("/user/:id", "/user/{id}"),
        ("/user/:id", "/user/{id:str}"),
        ("/file/*rest", "/file/{rest:path}"),
        ("/@:name", "/@{name}"),
        ("/*all", "/{all:path}"),
        ("/:user-id/x", "/{user-id}/x"),
    ],
)
def test_both_spellings_mean_the_same(crate: str, braces: str) -> None:
    one, other = parse(crate), parse(braces)
    assert (one.segments, one.tail) == (other.segments, other.tail)


def test_a_segment_may_hold_text_around_its_parameter() -> None:
    assert parse("/img-{id:int}.png").segments == (Param("id", "int", "img-", ".png"),)


def test_doubled_signs_are_literal() -> None:
    assert parse("/v1/items::batch/{{x}}/**").segments == ("v1", "items:batch", "%7Bx%7D", "*")


def test_fixed_text_is_compared_as_url_parsers_write_it() -> None:
    assert parse("/café/a b/%41").segments == ("caf%C3%A9", "a%20b", "%41")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "does not begin with /"),
        ("user", "does not begin with /"),
        ("/a?b", "'?' cannot stand"),
        ("/a#b", "'#' cannot stand"),
        ("/a}", "'}' cannot stand"),
        ("/:", "'' is no name"),
        ("/:id.json", "'id.json' is no name"),
        ("/{}", "'' is no name"),
        ("/{a b}", "'a b' is no name"),
        ("/{id", "not closed"),
        ("/{id:regex}", "'regex' is none of"),
        ("/{id:}", "'' is none of"),
        ("/{a}-{b}", "more than one parameter"),
        ("/:a/:a", "occurs twice"),
        ("/:a/*a", "occurs twice"),
        ("/*rest/more", "nothing may follow"),
        ("/*rest/", "nothing may follow"),
        ("/x*rest", "must be a whole segment"),
        ("/{rest:path}.txt", "must be a whole segment"),
    ],
)
def test_wrong_patterns_are_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(RouteInsertError, match="failed to register route for") as caught:
        parse(text)
    assert why in str(caught.value)
    assert caught.value.pattern == text
    assert caught.value.conflicts_with is None


def test_a_path_is_built_with_its_parameters_encoded() -> None:
    pattern = parse("/u/{name}/f-{n:int}.txt/*rest")
    path = pattern.build({"name": "a b/ä?", "n": 7, "rest": "x/y z"})
    assert path == "/u/a%20b%2F%C3%A4%3F/f-7.txt/x/y%20z"


@pytest.mark.parametrize(
    "params",
    [{}, {"id": 1, "more": 2}, {"other": 1}, {"id": "x"}, {"id": ""}],
)
def test_parameters_that_do_not_fill_the_pattern_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(RouteNameError):
        parse("/user/{id:int}").build(params)


@pytest.mark.parametrize("value", [".", ".."])
def test_dots_that_a_url_parser_would_resolve_are_refused(value: str) -> None:
    with pytest.raises(RouteNameError):
        parse("/user/:id").build({"id": value})
    with pytest.raises(RouteNameError):
        parse("/file/*rest").build({"rest": f"a/{value}/b"})
    assert parse("/@:id").build({"id": value}) == f"/@{value}"


@pytest.mark.parametrize(
    ("prefix", "inner", "full"),
    [
        ("/api", "/users", "/api/users"),
        ("/api/", "/users", "/api/users"),
        ("/", "/users", "/users"),
        ("/api", "/", "/api"),
        ("/api/", "/", "/api/"),
        ("/", "/", "/"),
        ("/t/:tenant", "/*rest", "/t/:tenant/*rest"),
    ],
)
def test_mounting_joins_two_patterns(prefix: str, inner: str, full: str) -> None:
    joined = parse(inner).under(parse(prefix))
    assert joined == parse(full)


def test_a_name_may_not_occur_in_prefix_and_pattern() -> None:
    with pytest.raises(RouteInsertError, match="occurs twice"):
        parse("/:id").under(parse("/t/:id"))


@given(st.text(max_size=20))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        pattern = parse("/" + text)
    except RouteInsertError:
        return
    assert len(pattern.segments) + (pattern.tail is not None) == text.count("/") + 1


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    st.integers(),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)
def test_what_is_built_is_matched_again_with_the_same_values(name: str, n: int, rest: str) -> None:
    from urllib.parse import unquote

    pattern = parse("/u/:name/{n:int}/*rest")
    try:
        path = pattern.build({"name": name, "n": n, "rest": rest})
    except RouteNameError:
        dots = {".", ".."}
        assert name in dots or dots.intersection(rest.split("/"))
        return
    matcher: TrieMatcher[None] = TrieMatcher()
    matcher.insert(pattern, None)
    found = matcher.find(path)
    assert found is not None
    leaf, parts = found
    values = {key: unquote(slot.cut(parts)) for key, slot in leaf.slots}
    assert values == {"name": name, "n": str(n), "rest": rest}
