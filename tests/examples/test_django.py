"""Django: migrations, the ORM, forms and a page, on D1."""

import json

import pytest
from worker_build.miniflare import Miniflare

from .conftest import EXAMPLES, built

pytestmark = [pytest.mark.miniflare, pytest.mark.slow]

PROJECT = EXAMPLES / "django"
TOKEN = "let me in"
SOLARIS = {"title": "Solaris", "author": "Lem", "published": "1961-03-20", "price": "9.90"}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return built(PROJECT, tmp_path_factory.mktemp("django") / "build")


@pytest.fixture
def site(bundle):
    """A worker of its own, with an empty database."""
    secrets = {"SECRET_KEY": "a secret", "ADMIN_TOKEN": TOKEN}
    with Miniflare.from_project(PROJECT, build=bundle, outbound={}, bindings=secrets) as running:
        yield running


def migrate(site, to=""):
    query = f"?to={to}" if to else ""
    token = {"authorization": f"Bearer {TOKEN}"}
    return site.fetch(f"/migrate{query}", method="POST", headers=token)


@pytest.fixture
def library(site):
    assert migrate(site).status_code == 200
    return site


def add(site, **book):
    return site.fetch("/books", method="POST", body=json.dumps(book).encode())


def test_only_who_has_the_token_migrates(site):
    assert site.fetch("/migrate", method="POST").status_code == 401
    assert site.fetch("/migrate").status_code == 405


def test_migrating_makes_the_tables_once(site):
    first, again = migrate(site), migrate(site)
    assert "Applying library.0002_author_country... OK" in first.text
    assert "No migrations to apply" in again.text
    tables = site.d1("DB").query("SELECT name FROM sqlite_master WHERE name LIKE 'library%'")
    assert {"library_author", "library_book"} <= {row["name"] for row in tables}


def test_a_table_that_others_refer_to_is_made_anew_with_its_rows(site):
    assert migrate(site, to="0001").status_code == 200
    database = site.d1("DB")
    database.query("INSERT INTO library_author (id, name) VALUES (7, 'Lem')")
    database.query(
        "INSERT INTO library_book (title, author_id, price, added) "
        "VALUES ('Solaris', 7, 9, '2026-01-01 00:00:00')"
    )
    assert "OK" in migrate(site).text
    assert database.query("SELECT * FROM library_author") == [
        {"id": 7, "name": "Lem", "country": ""}
    ]
    assert database.query("PRAGMA foreign_key_check") == []
    assert [book["author"] for book in site.fetch("/books").json()["books"]] == ["Lem"]
    # And back.
    assert "OK" in migrate(site, to="0001").text
    assert database.query("SELECT * FROM library_author") == [{"id": 7, "name": "Lem"}]


def test_books_are_created_read_changed_and_deleted(library):
    made = add(library, **SOLARIS)
    assert (made.status_code, made.json()) == (201, {"id": 1, **SOLARIS})
    assert library.fetch("/books/1").json() == {"id": 1, **SOLARIS}
    changed = {**SOLARIS, "title": "Solaris, again", "price": "1.00"}
    body = json.dumps(changed).encode()
    assert library.fetch("/books/1", method="PUT", body=body).json() == {"id": 1, **changed}
    assert library.d1("DB").query("SELECT title FROM library_book") == [{"title": changed["title"]}]
    assert library.fetch("/books/1", method="DELETE").status_code == 204
    assert library.fetch("/books/1").status_code == 404


def test_what_a_form_refuses_is_told(library):
    refused = add(library, title="", author="Lem", price="many")
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"title", "price"}
    assert library.fetch("/books", method="POST", body=b"{").status_code == 400


def test_the_page_escapes_what_was_stored(library):
    assert "None yet" in library.fetch("/").text
    add(library, **{**SOLARIS, "title": "<Solaris>"})
    assert "<li>&lt;Solaris&gt;, by Lem (1961)</li>" in library.fetch("/").text


def test_the_database_looks_and_counts(library):
    for title, author, published in [
        ("Solaris", "Lem", "1961-03-20"),
        ("Fiasco", "Lem", "1986-01-01"),
        ("Ubik", "Dick", "1969-05-01"),
        ("Eden", "Lem", "1961-01-01"),
    ]:
        assert add(library, title=title, author=author, published=published).status_code == 201
    found = library.fetch("/books?author=LEM").json()["books"]
    assert [book["title"] for book in found] == ["Eden", "Fiasco", "Solaris"]
    assert library.fetch("/years").json() == {"1961": 2, "1969": 1, "1986": 1}


def test_atomic_warns_at_the_line_that_uses_it(library):
    add(library, **SOLARIS)
    said = [line for line in library.logs if "TransactionWarning" in line.message]
    assert len(said) == 1
    assert "library/forms.py" in said[0].message
    assert "D1 commits every statement by itself" in said[0].message


def test_requests_at_once_do_not_meet(library):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        titles = [f"Book {number:02}" for number in range(24)]
        made = list(pool.map(lambda title: add(library, title=title, author=title), titles))
    assert {answer.status_code for answer in made} == {201}, library.logs[-3:]
    found = library.fetch("/books").json()["books"]
    assert [(book["title"], book["author"]) for book in found] == [(t, t) for t in titles]
