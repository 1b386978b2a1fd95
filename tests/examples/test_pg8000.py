"""pg8000 against a real PostgreSQL, through Hyperdrive and the standard library's sockets."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import postgres
from worker_build.miniflare import Miniflare

from .conftest import EXAMPLES, built

pytestmark = [pytest.mark.miniflare, pytest.mark.slow]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    postgres.required()
    return built(EXAMPLES / "pg8000", tmp_path_factory.mktemp("pg8000") / "build")


def serving(bundle: Path, database: str) -> Miniflare:
    options = {"compatibilityDate": "2026-07-30", "hyperdrives": {"DB": database}}
    return Miniflare(bundle, options)


@pytest.fixture(scope="module")
def shop(bundle):
    with postgres.serve() as database, serving(bundle, database) as running:
        assert running.fetch("/schema", method="PUT").status_code == 204
        yield running


def add(shop: Miniflare, title: str, **more: object) -> int:
    answer = shop.fetch("/books", method="POST", json={"title": title, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_what_is_written_is_read_with_its_type(shop):
    id = add(shop, "Ubik 69 ☃", year=1969, price="9.99")
    assert shop.fetch(f"/books/{id}").json() == {
        "title": "Ubik 69 ☃",
        "year": 1969,
        "price": "9.99",
        "copies": 10,
    }
    assert shop.fetch(f"/books/{id + 1000}").status_code == 404


def test_parameters_are_no_part_of_the_statement(shop):
    title = "'); DROP TABLE books; --"
    add(shop, title, year=1700)
    assert [each["title"] for each in shop.fetch("/books?before=1701").json()] == [title]


def test_an_error_of_the_database_is_the_drivers_own(shop):
    add(shop, "Solaris", year=1961)
    answer = shop.fetch("/books", method="POST", json={"title": "Solaris"})
    assert (answer.status_code, answer.text) == (409, "there is such a book")


def test_a_transaction_is_kept_whole_or_not_at_all(shop):
    first, second = add(shop, "Dune"), add(shop, "Valis")

    def copies() -> list[int]:
        return [shop.fetch(f"/books/{id}").json()["copies"] for id in (first, second)]

    order = {"from": first, "to": second, "copies": 4}
    assert shop.fetch("/transfers", method="POST", json=order).status_code == 204
    assert copies() == [6, 14]
    answer = shop.fetch("/transfers", method="POST", json={**order, "copies": 7})
    assert answer.status_code == 409
    assert "books_copies_check" in answer.text
    assert copies() == [6, 14]


def test_requests_beside_one_another_have_connections_of_their_own(shop):
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda number: add(shop, f"Volume {number}", year=3000), range(16)))
    assert len(set(ids)) == 16


def test_a_database_that_is_gone_is_an_error_and_costs_nothing(bundle):
    with serving(bundle, "postgres://ana:secret@127.0.0.1:1/shop") as gone:
        assert [gone.fetch("/books").status_code for _ in range(2)] == [500, 500]
