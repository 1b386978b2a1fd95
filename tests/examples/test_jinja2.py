"""Jinja2: templates from the image, whole and streamed."""

import pytest

pytestmark = pytest.mark.miniflare


def test_a_page_escapes_what_comes_from_outside(example):
    page = example.fetch("/hello/%3Cb%3E").text
    assert "<h1>Hello, &lt;b&gt;!</h1>" in page
    assert "<p>1, 2, 3</p>" in page


def test_a_page_is_sent_while_it_is_made(example):
    answer = example.fetch("/rows")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.count("<li>") == 3
