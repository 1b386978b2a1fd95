"""HTMLRewriter with Python handlers (https://developers.cloudflare.com/workers/runtime-apis/html-rewriter/)."""


def test_every_kind_of_handler_changes_the_page(miniflare):
    answer = miniflare.fetch("/html-rewriter")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == (
        "<!doctype html><section>0 attributes, &lt;before &amp; escaped&gt;"
        '<a href="https://h/">Link<i>!</i></a> text <b>BOLD</b>end of section</section>'
        "<!-- the end -->"
    )
