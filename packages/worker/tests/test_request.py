"""Requests: what they say without JavaScript, and what is refused (workers-rs `Request`)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worker.errors import BodyUsedError, JsonError, StreamError, UrlError, ValidationError
from worker.formdata import FormData
from worker.method import Method
from worker.request import Request


def incoming(url: str, method: str = "GET") -> Request:
    return Request._from_event(SimpleNamespace(js=None), method, url)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        ("https://h/", "/", ""),
        ("https://h", "/", ""),
        ("https://h?a=1", "/", "a=1"),
        ("https://h#f", "/", ""),
        ("https://h/a%20b/%2F?x=%20&y#f?z", "/a%20b/%2F", "x=%20&y"),
        ("https://h/a#f?not=query", "/a", ""),
        ("https://user:p@h:8080/a?b?c", "/a", "b?c"),
        ("https://h/a?", "/a", ""),
        ("https://h//double//", "//double//", ""),
    ],
)
def test_path_and_query_are_cut_from_the_url_as_they_were_sent(
    url: str, path: str, query: str
) -> None:
    assert (incoming(url).path, incoming(url).query_string) == (path, query)


@given(st.text(alphabet="/?#&=%aZ0é ", max_size=40))
def test_no_url_breaks_path_or_query(tail: str) -> None:
    request = incoming(f"https://h/{tail}")
    assert request.path.startswith("/")
    assert "#" not in request.query_string
    assert isinstance(request.query(), dict)


def test_methods_are_known_or_kept() -> None:
    assert incoming("https://h/", "PUT").method is Method.PUT
    assert incoming("https://h/", "PROPFIND").method == "PROPFIND"
    assert Request("https://h/", method="post").method is Method.POST


def test_the_query_is_decoded_and_the_last_of_a_name_counts() -> None:
    request = incoming("https://h/?a=1&b=x%20y+z&a=2&c&bad=%zz")
    assert request.query() == {"a": "2", "b": "x y z", "c": "", "bad": "%zz"}
    assert request.query_pairs()[0] == ("a", "1")


@dataclass
class Page:
    number: int
    tags: list[str] = field(default_factory=list)


def test_a_typed_query_collects_lists_and_lists_its_problems() -> None:
    assert incoming("https://h/?number=3&tags=a").query(Page) == Page(3, ["a"])
    assert incoming("https://h/?number=3&tags=a&tags=b").query(Page).tags == ["a", "b"]
    with pytest.raises(ValidationError) as caught:
        incoming("https://h/?number=x").query(Page)
    assert [(p.where, p.at) for p in caught.value.problems] == [("query", "number")]


@pytest.mark.parametrize("url", ["", "/path", "example.com", "https://", "https:///x", "1s://h"])
def test_a_request_needs_an_absolute_url(url: str) -> None:
    with pytest.raises(UrlError, match="invalid URL or options for Request"):
        Request(url)


def test_a_body_makes_it_a_post_and_get_has_none() -> None:
    assert Request("https://h/").method == "GET"
    assert Request("https://h/", body="x").method == "POST"
    with pytest.raises(ValueError, match="GET request cannot have a body"):
        Request("https://h/", method="GET", body="x")
    with pytest.raises(TypeError, match="either"):
        Request("https://h/", body="x", json=1)


def test_json_and_forms_bring_their_content_type_unless_one_is_given() -> None:
    assert Request("https://h/", json={"a": "é"}).headers["content-type"] == "application/json"
    own = Request("https://h/", json=1, headers={"Content-Type": "application/x+json"})
    assert own.headers["content-type"] == "application/x+json"
    form = Request("https://h/", body=FormData({"a": "1"}))
    assert form.headers["content-type"].startswith("multipart/form-data; boundary=")


def test_a_body_is_read_once() -> None:
    async def read() -> None:
        request = Request("https://h/", body="text")
        twin = request.clone()
        assert await request.text() == "text"
        assert request.body_used
        with pytest.raises(BodyUsedError, match=r"^body has already been read"):
            await request.bytes()
        with pytest.raises(BodyUsedError):
            request.stream()
        with pytest.raises(BodyUsedError):
            request.clone()
        assert await twin.bytes() == b"text"

    asyncio.run(read())


def test_json_is_parsed_and_typed() -> None:
    async def read(text: str, *types: Any) -> Any:
        return await Request("https://h/", body=text).json(*types)

    assert asyncio.run(read('{"number": 1}')) == {"number": 1}
    assert asyncio.run(read('{"number": 1}', Page)) == Page(1)
    with pytest.raises(JsonError) as refused:
        asyncio.run(read("{"))
    assert refused.value.status == 400
    with pytest.raises(JsonError):
        asyncio.run(read("[" * 100_000))
    with pytest.raises(ValidationError):
        asyncio.run(read('{"number": "x"}', Page))


def test_no_body_reads_as_nothing_and_is_no_stream() -> None:
    async def read() -> None:
        assert await Request("https://h/").text() == ""
        with pytest.raises(StreamError, match=r"^no body for request$"):
            Request("https://h/").stream()

    asyncio.run(read())


def test_cookies_come_from_the_header() -> None:
    assert Request("https://h/", headers={"cookie": "a=1; b=2"}).cookies["b"] == "2"


def test_a_request_made_here_has_no_cf_and_follows_redirects() -> None:
    request = Request("https://h/", cf={"cacheTtl": 1})
    assert request.cf is None
    assert request.redirect == "follow"
    assert Request("https://h/", redirect="manual").redirect == "manual"
