"""Routing beyond the basics: names, links, HEAD and OPTIONS, errors of one's own."""

import pytest

pytestmark = pytest.mark.miniflare

ID = "0b9b6c1e-7f6e-4a63-8a3c-0e0d4f1b2c3d"


def test_links_are_made_from_names_and_lead_there(miniflare):
    answer = miniflare.fetch("/routing/books").json()
    links = ["/routing/books/1", "/routing/books/files/a%20b/c.txt"]
    assert answer == {"data": "books", "links": links}
    assert [miniflare.fetch(link).json() for link in links] == [
        {"number": 1},
        {"path": "a b/c.txt"},
    ]


def test_a_parameter_of_another_form_is_another_route_or_none(miniflare):
    assert miniflare.fetch(f"/routing/books/{ID}").json() == {"id": ID}
    answer = miniflare.fetch("/routing/books/one")
    assert (answer.status_code, answer.text) == (404, "nothing among the books")


def test_head_is_what_get_would_answer_without_the_body(miniflare):
    whole = miniflare.fetch("/routing/books/1", headers={"accept-encoding": "identity"})
    head = miniflare.fetch("/routing/books/1", method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"] == "application/json"
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_options_names_the_methods_that_a_path_has(miniflare):
    answer = miniflare.fetch("/routing/books/1", method="OPTIONS")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("path", "method", "status", "text"),
    [
        ("/routing/books/fails", "GET", 404, "no such book"),
        ("/routing/books/1", "POST", 405, "only GET, HEAD, OPTIONS"),
        ("/routing/nowhere", "GET", 404, "Not Found"),
    ],
)
def test_a_part_of_the_site_has_errors_of_its_own(miniflare, path, method, status, text):
    answer = miniflare.fetch(path, method=method)
    assert (answer.status_code, answer.text) == (status, text)
