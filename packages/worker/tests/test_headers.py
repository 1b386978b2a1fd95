"""Headers: the mapping contract without regard to case, repeated values, and what is refused."""

from __future__ import annotations

import copy
import re
from collections.abc import MutableMapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker.errors import HeaderError, ImmutableError
from worker.headers import Headers

_TOKEN = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
names = st.text(_TOKEN, min_size=1, max_size=8)
values = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\0\r\n"), max_size=12)
stripped = values.map(lambda text: text.strip("\t\n\r "))


def test_names_compare_without_case() -> None:
    headers = Headers({"Content-Type": "text/plain"})
    assert headers["content-type"] == headers["CONTENT-TYPE"] == "text/plain"
    assert "Content-type" in headers
    assert headers.has("CONTENT-type")
    assert list(headers) == ["content-type"]
    headers["CONTENT-TYPE"] = "text/html"
    assert dict(headers) == {"content-type": "text/html"}
    del headers["Content-Type"]
    assert not headers


def test_a_missing_name_is_a_key_error_or_the_default() -> None:
    headers = Headers()
    with pytest.raises(KeyError):
        headers["x"]
    with pytest.raises(KeyError):
        del headers["x"]
    headers.delete("x")
    assert headers.get("x") is None
    assert headers.get("x", "y") == "y"
    assert headers.get_all("x") == []
    assert 1 not in headers


def test_appended_values_are_joined_when_read_as_one() -> None:
    headers = Headers([("Accept", "a"), ("X", "1"), ("accept", "b")])
    assert headers["Accept"] == "a, b"
    assert headers.get_all("ACCEPT") == ["a", "b"]
    assert headers.multi_items() == [("accept", "a"), ("accept", "b"), ("x", "1")]
    assert headers._flat() == ["accept", "a", "accept", "b", "x", "1"]
    assert len(headers) == 2
    headers.set("accept", "c")
    assert headers.get_all("accept") == ["c"]


def test_set_cookie_lines_are_kept_apart() -> None:
    headers = Headers()
    headers.append("Set-Cookie", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT")
    headers.append("Vary", "A")
    headers.append("Set-Cookie", "b=2")
    headers.append("Vary", "B")
    cookies = ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"]
    assert headers.get_all("set-cookie") == cookies
    assert headers.entries() == [*(("set-cookie", text) for text in cookies), ("vary", "A, B")]
    assert headers.copy().get_all("set-cookie") == cookies
    assert Headers(headers).get_all("set-cookie") == cookies
    other = Headers({"set-cookie": "old=1"})
    other.update(headers)
    assert other.get_all("set-cookie") == cookies


def test_update_replaces_and_extend_appends() -> None:
    headers = Headers({"a": "1", "b": "2"})
    headers.update([("A", "3"), ("a", "4")], c="5")
    assert headers.multi_items() == [("a", "3"), ("a", "4"), ("b", "2"), ("c", "5")]
    headers.extend({"b": "6"})
    assert headers.get_all("b") == ["2", "6"]
    assert headers.setdefault("b", "7") == "2, 6"
    assert headers.pop("B") == "2, 6"
    assert headers.pop("b", None) is None


def test_nothing_changes_when_one_of_several_is_refused() -> None:
    headers = Headers({"a": "1"})
    with pytest.raises(HeaderError):
        headers.update({"a": "2", "b": "x\ny"})
    assert dict(headers) == {"a": "1"}


@pytest.mark.parametrize("name", ["", " ", "a b", "a:", "é", "a\n", "a\0", "(x)", "a/b", "x\u212a"])
def test_names_that_are_no_tokens_are_refused(name: str) -> None:
    headers = Headers()
    for change in (headers.append, headers.set, headers.__setitem__):
        with pytest.raises(HeaderError, match="invalid header name"):
            change(name, "x")
    assert not headers


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b", "x\r\nSet-Cookie: y=1", "Ā", "😀"])
def test_values_that_would_end_the_line_or_are_no_bytes_are_refused(value: str) -> None:
    headers = Headers()
    with pytest.raises(HeaderError, match="invalid value of header 'X'") as caught:
        headers.append("X", value)
    assert value not in str(caught.value)
    assert not headers


def test_white_space_around_a_value_is_dropped_as_fetch_does() -> None:
    assert Headers({"a": " \t x y \r\n"})["a"] == "x y"


def test_the_representation_hides_secrets() -> None:
    shown = repr(Headers({"Authorization": "Bearer t", "Cookie": "s=1", "Accept": "*/*"}))
    assert "Bearer" not in shown
    assert "s=1" not in shown
    assert "'accept': '*/*'" in shown


def test_a_message_that_came_in_has_read_only_headers() -> None:
    headers = Headers._from_flat(["a", "1"])
    changes = [
        lambda: headers.append("b", "2"),
        lambda: headers.set("a", "2"),
        lambda: headers.delete("a"),
        lambda: headers.update({"a": "2"}),
        lambda: headers.extend({"a": "2"}),
        headers.clear,
    ]
    for change in changes:
        with pytest.raises(ImmutableError, match="immutable headers object"):
            change()
    twin = headers.copy()
    twin["a"] = "2"
    assert headers["a"] == "1"


def test_copies_are_deep() -> None:
    headers = Headers({"a": "1"})
    for twin in (headers.copy(), copy.copy(headers), copy.deepcopy(headers), Headers(headers)):
        twin.append("a", "2")
        twin["b"] = "3"
    assert dict(headers) == {"a": "1"}


def test_equality_is_that_of_names_and_values() -> None:
    assert Headers({"A": "1"}) == Headers({"a": "1"})
    assert Headers({"A": "1"}) == {"a": "1"}
    assert Headers({"a": "1"}) == {"A": "1"}
    assert Headers({"a": "1"}) != Headers({"a": "2"})
    assert Headers() != 1
    with pytest.raises(TypeError):
        hash(Headers())


def test_headers_are_a_mutable_mapping() -> None:
    headers = Headers({"a": "1"})
    assert isinstance(headers, MutableMapping)
    match headers:
        case {"a": value}:
            assert value == "1"
        case _:
            pytest.fail("does not match as a mapping")


@given(st.lists(st.tuples(names, values)))
def test_every_line_given_is_every_line_sent(pairs: list[tuple[str, str]]) -> None:
    headers = Headers(pairs)
    lines = [(name.lower(), value.strip("\t\n\r ")) for name, value in pairs]
    assert sorted(headers.multi_items()) == sorted(lines)
    for name, value in headers.items():
        assert value == ", ".join(text for key, text in lines if key == name)
        assert headers.get_all(name.upper()) == [text for key, text in lines if key == name]
    again = Headers._from_flat(headers._flat())
    assert again == headers
    assert len(list(headers)) == len(headers) == len({name for name, _ in lines})


@given(st.text(), st.text())
def test_no_text_smuggles_a_line(name: str, value: str) -> None:
    headers = Headers()
    try:
        headers.append(name, value)
    except HeaderError:
        return
    for text in headers._flat():
        assert not re.search(r"[\0\r\n]", text)
        text.encode("latin-1")


@given(st.lists(st.tuples(st.sampled_from(["set", "append", "delete"]), names, stripped)))
def test_any_changes_act_as_on_a_list_of_lines(steps: list[tuple[str, str, str]]) -> None:
    headers, model = Headers(), {}
    for step, name, value in steps:
        key = name.lower()
        if step == "delete":
            headers.delete(name)
            model.pop(key, None)
        elif step == "set":
            headers.set(name, value)
            model[key] = [value]
        else:
            headers.append(name, value)
            model.setdefault(key, []).append(value)
        assert {name: headers.get_all(name) for name in headers} == model
