"""One conformance suite for every matcher: the trie, and a brute-force reference it is held to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from worker.router.matcher import Conflict, Matcher, TrieMatcher
from worker.router.pattern import Param, Pattern, parse

type Answer = tuple[str, dict[str, str]] | None

_FORMS = {"int": r"-?[0-9]+", "float": r"-?[0-9]+(?:\.[0-9]+)?", "str": r"[^/]+", "path": r".+"}
_ORDER = ["int", "float", "uuid", "str"]


class Reference:
    """Every route is a regular expression; the best of all that match is the answer."""

    def __init__(self) -> None:
        self.routes: list[tuple[tuple[Any, ...], re.Pattern[str], str]] = []

    def insert(self, pattern: Pattern, value: str) -> None:
        key = tuple(_rank(segment) for segment in _segments(pattern))
        for other, _, text in self.routes:
            if other == key:
                raise Conflict(parse(text))
        regex = "".join("/" + _regex(segment) for segment in _segments(pattern))
        self.routes.append((key, re.compile(regex, re.DOTALL), value))

    def answer(self, path: str) -> Answer:
        best: tuple[tuple[Any, ...], Answer] | None = None
        for key, regex, value in self.routes:
            match = regex.fullmatch(path)
            if match and (best is None or key < best[0]):
                best = (key, (value, match.groupdict()))
        return best and best[1]


class Trie:
    """`TrieMatcher`, its captures cut."""

    def __init__(self) -> None:
        self.matcher: Matcher[str] = TrieMatcher()

    def insert(self, pattern: Pattern, value: str) -> None:
        self.matcher.insert(pattern, value)

    def answer(self, path: str) -> Answer:
        found = self.matcher.find(path)
        if found is None:
            return None
        leaf, parts = found
        return leaf.value, {name: slot.cut(parts) for name, slot in leaf.slots}


def _segments(pattern: Pattern) -> list[str | Param]:
    return [*pattern.segments, *([pattern.tail] if pattern.tail else [])]


def _rank(segment: str | Param) -> tuple[Any, ...]:
    if isinstance(segment, str):
        return (0, segment)
    if segment.form == "path":
        return (2,)
    text = (-len(segment.prefix), -len(segment.suffix))
    return (1, *text, _ORDER.index(segment.form), segment.prefix, segment.suffix)


def _regex(segment: str | Param) -> str:
    if isinstance(segment, str):
        return re.escape(segment)
    group = f"(?P<{segment.name}>{_FORMS[segment.form]})"
    return re.escape(segment.prefix) + group + re.escape(segment.suffix)


@pytest.fixture(params=[Trie, Reference])
def build(request: pytest.FixtureRequest) -> Callable[..., Any]:
    def make(*patterns: str) -> Callable[[str], Answer]:
        matcher = request.param()
        for text in patterns:
            matcher.insert(parse(text), text)
        return matcher.answer

    return make


def test_a_static_path_is_matched_whole(build: Callable[..., Any]) -> None:
    find = build("/", "/a", "/a/b")
    assert find("/") == ("/", {})
    assert find("/a") == ("/a", {})
    assert find("/a/b") == ("/a/b", {})
    assert find("/a/b/c") is None
    assert find("/b") is None


def test_a_trailing_slash_and_case_are_significant(build: Callable[..., Any]) -> None:
    find = build("/a", "/b/", "/u/:id")
    assert find("/a/") is None
    assert find("/b") is None
    assert find("/b/") == ("/b/", {})
    assert find("/A") is None
    assert find("/u/1/") is None


def test_a_parameter_takes_one_segment_of_at_least_one_character(build: Callable[..., Any]) -> None:
    find = build("/user/:id", "/user/:id/posts/:post")
    assert find("/user/7") == ("/user/:id", {"id": "7"})
    assert find("/user/") is None
    assert find("/user/7/posts/9") == ("/user/:id/posts/:post", {"id": "7", "post": "9"})
    assert find("/user//posts/9") is None


def test_values_are_raw(build: Callable[..., Any]) -> None:
    assert build("/u/:id")("/u/a%2Fb%20c") == ("/u/:id", {"id": "a%2Fb%20c"})


def test_a_wildcard_takes_the_rest_but_not_nothing(build: Callable[..., Any]) -> None:
    find = build("/*all", "/f/*rest")
    assert find("/") is None
    assert find("/x") == ("/*all", {"all": "x"})
    assert find("/f/") == ("/*all", {"all": "f/"})
    assert find("/f/a/b/") == ("/f/*rest", {"rest": "a/b/"})
    assert find("/f//") == ("/f/*rest", {"rest": "/"})
    assert find("//") == ("/*all", {"all": "/"})


def test_static_beats_parameter_beats_wildcard_in_any_order(build: Callable[..., Any]) -> None:
    for patterns in (["/a/me", "/a/:x", "/a/*r"], ["/a/*r", "/a/:x", "/a/me"]):
        find = build(*patterns)
        assert find("/a/me") == ("/a/me", {})
        assert find("/a/you") == ("/a/:x", {"x": "you"})
        assert find("/a/you/too") == ("/a/*r", {"r": "you/too"})


def test_a_way_that_fails_further_down_is_left_again(build: Callable[..., Any]) -> None:
    find = build("/a/me/:z/c", "/a/:x/:z/b", "/a/*r")
    assert find("/a/me/1/c") == ("/a/me/:z/c", {"z": "1"})
    assert find("/a/me/1/b") == ("/a/:x/:z/b", {"x": "me", "z": "1"})
    assert find("/a/me/1/d") == ("/a/*r", {"r": "me/1/d"})


def test_names_may_differ_between_routes_that_share_a_prefix(build: Callable[..., Any]) -> None:
    find = build("/t/:a", "/t/:b/x")
    assert find("/t/1") == ("/t/:a", {"a": "1"})
    assert find("/t/1/x") == ("/t/:b/x", {"b": "1"})


def test_longer_fixed_text_in_a_segment_comes_first(build: Callable[..., Any]) -> None:
    find = build("/:any", "/@:name", "/@a{rest}", "/{file}.json", "/@{both}.json")
    assert find("/@bob") == ("/@:name", {"name": "bob"})
    assert find("/@abe") == ("/@a{rest}", {"rest": "be"})
    assert find("/x.json") == ("/{file}.json", {"file": "x"})
    assert find("/@x.json") == ("/@{both}.json", {"both": "x"})
    assert find("/@") == ("/:any", {"any": "@"})
    assert find("/.json") == ("/:any", {"any": ".json"})


def test_text_around_a_parameter_may_not_overlap(build: Callable[..., Any]) -> None:
    find = build("/aba{x}aba")
    assert find("/abaaba") is None
    assert find("/aba-aba") == ("/aba{x}aba", {"x": "-"})
    assert find("/ababa") is None


def test_a_value_of_another_form_is_no_match(build: Callable[..., Any]) -> None:
    find = build("/n/{x:int}", "/n/{x:float}", "/n/{x}", "/only/{x:int}")
    assert find("/n/-12") == ("/n/{x:int}", {"x": "-12"})
    assert find("/n/1.5") == ("/n/{x:float}", {"x": "1.5"})
    assert find("/n/1.") == ("/n/{x}", {"x": "1."})
    assert find("/n/٣") == ("/n/{x}", {"x": "٣"})
    assert find("/only/x") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a", "/a"),
        ("/a/:x", "/a/:y"),
        ("/a/:x", "/a/{y}"),
        ("/a/*x", "/a/{y:path}"),
        ("/@:x", "/@{y}"),
        ("/{x:int}", "/{y:int}"),
        ("/:a/b/:c", "/:c/b/:a"),
    ],
)
def test_routes_for_the_same_paths_conflict(
    build: Callable[..., Any], one: str, other: str
) -> None:
    with pytest.raises(Conflict) as caught:
        build(one, other)
    assert caught.value.pattern.text == one


@pytest.mark.parametrize("path", ["", "*", "a", "a/b", "x/", "?", "\x00"])
def test_what_is_no_absolute_path_matches_nothing(build: Callable[..., Any], path: str) -> None:
    assert build("/", "/:x", "/*rest", "/a")(path) is None


def test_a_uuid_is_a_form_of_its_own() -> None:
    trie = Trie()
    for text in ("/{id:uuid}", "/{name}"):
        trie.insert(parse(text), text)
    uuid = "123e4567-E89b-12d3-a456-426614174000"
    assert trie.answer(f"/{uuid}") == ("/{id:uuid}", {"id": uuid})
    assert trie.answer(f"/{uuid[:-1]}") == ("/{name}", {"name": uuid[:-1]})


_PIECES = ["a", "b", "ab", "", "{p}", "{p:int}", "{p:float}", "a{p}", "{p}b", "a{p}b", "a{p:int}"]
_PARTS = ["a", "b", "ab", "aab", "a1", "axb", "1", "1.5", "-1", "", "é", "%41"]


@st.composite
def patterns(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=4))
    named = [piece.replace("p", f"p{index}", 1) for index, piece in enumerate(pieces)]
    if draw(st.booleans()):
        named.append("*rest")
    return "/" + "/".join(named)


paths = st.lists(st.sampled_from(_PARTS), min_size=1, max_size=6).map(lambda p: "/" + "/".join(p))


@given(st.lists(patterns(), max_size=12), st.lists(paths, min_size=1, max_size=12))
@example(["/a{p0}/b", "/a{p0:int}/{p1}"], ["/a1/b", "/a1/c", "/ax/c"])
@example(["/{p0}/*rest", "/a/{p1}"], ["/a/b/c", "/a/"])
def test_the_trie_answers_as_the_reference_does(texts: list[str], tried: list[str]) -> None:
    trie, reference = Trie(), Reference()
    for text in texts:
        refused = []
        for matcher in (trie, reference):
            try:
                matcher.insert(parse(text), text)
            except Conflict as conflict:
                refused.append(conflict.pattern.text)
        assert len(refused) in {0, 2}
        assert len(set(refused)) <= 1
    for path in tried:
        assert trie.answer(path) == reference.answer(path)


def test_a_thousand_routes_cost_as_much_as_ten() -> None:
    """Counted in steps of the interpreter, which do not depend on the machine's load."""
    assert _steps(1000) <= 1.1 * _steps(10)


def _steps(count: int) -> int:
    import sys

    matcher: TrieMatcher[int] = TrieMatcher()
    for index in range(count):
        matcher.insert(parse(f"/r{index}/:id/sub/{{n:int}}"), index)
        matcher.insert(parse(f"/r{index}/me"), index)
    steps = 0

    def count_lines(frame: Any, event: str, argument: Any) -> Any:
        nonlocal steps
        steps += 1
        return count_lines

    before = sys.gettrace()
    sys.settrace(count_lines)
    try:
        assert matcher.find(f"/r{count - 1}/x/sub/5") is not None
        assert matcher.find(f"/r{count - 1}/x/sub/five") is None
    finally:
        sys.settrace(before)
    return steps
