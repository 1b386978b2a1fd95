"""JavaScript of one's own."""

import re


def test_a_value_comes_from_javascript(miniflare):
    assert re.fullmatch(r"now: \d+", miniflare.fetch("/js_snippets/now").text)


def test_arguments_go_to_javascript(miniflare):
    assert miniflare.fetch("/js_snippets/log").text == "OK"
    assert miniflare.logs.wait_for("first log: test")
