"""HTMLRewriter with Python handlers (https://developers.cloudflare.com/workers/runtime-apis/html-rewriter/)."""

import pytest


def test_every_kind_of_handler_changes_the_page(miniflare):
    answer = miniflare.fetch("/html-rewriter")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == (
        "<!doctype html><section>0 attributes, &lt;before &amp; escaped&gt;"
        '<a href="https://h/">Link<i>!</i></a> text <b>BOLD</b>end of section</section>'
        "<!-- the end -->"
    )


DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">'
)
ROOT = "http://www.w3.org/1999/xhtml"


@pytest.mark.parametrize(
    ("item", "changed"),
    [
        ("<li a=1 b>x</li>", f'<li told="a=1 b=">[x]</li><!--{ROOT}-->'),
        ("<li data-kind=inner>x</li>", '<li told="data-kind=inner"><em>inner</em></li>'),
        ("<li data-kind=keep>x</li>", "[x]"),
        ("<li data-kind=replace>x</li>", "<hr>"),
        (
            "<li data-kind=stream>x</li>",
            '<li told="data-kind=stream">[x]streamed &amp; escaped</li>',
        ),
        ("<li><!-- c --></li>", f'<li told="">(<!--C-->)</li><!--{ROOT}-->'),
    ],
)
def test_everything_that_a_handler_may_do(miniflare, item, changed):
    page = f"{DOCTYPE}<ol>{item}</ol>"
    answer = miniflare.fetch("/html-rewriter", method="POST", body=page)
    told = ["html", "-//W3C//DTD HTML 4.01//EN", "http://www.w3.org/TR/html4/strict.dtd"]
    assert answer.text == f"{DOCTYPE}<ol>{changed}last</ol><!--after-->!{told}"


def test_a_handler_that_raises_is_told(miniflare):
    answer = miniflare.fetch("/html-rewriter/failing")
    assert answer.status_code == 422
    assert answer.text.endswith("no use for b")
