"""BeautifulSoup over a fetched page."""

import pytest

pytestmark = pytest.mark.miniflare


def test_a_page_is_described(example, site):
    assert example.fetch(f"/?url={site}/page").json() == {
        "title": "A page",
        "headings": ["One", "Two too"],
        "links": [f"{site}/b", "https://example.com/"],
    }


def test_what_cannot_be_fetched(example):
    assert example.fetch("/").status_code == 400
    assert example.fetch("/?url=nowhere").status_code == 502
