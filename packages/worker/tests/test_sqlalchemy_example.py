"""The ORM of `examples/sqlalchemy`, against Miniflare's D1."""

from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.errors import BuildError
from worker_build.miniflare import Miniflare

pytestmark = pytest.mark.miniflare

PROJECT = Path(__file__).parents[3] / "examples" / "sqlalchemy"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("sqlalchemy") / "build"
    try:
        pipeline.build(PROJECT, out_dir=out)
    except BuildError as error:
        pytest.fail(str(error), pytrace=False)
    with Miniflare.from_project(PROJECT, build=out, outbound={}) as running:
        yield running


def test_objects_are_stored_and_found(books):
    assert books.fetch("/books").json() == []
    assert books.fetch("/books/Ubik?year=1969", method="POST").json() == {"id": 1}
    assert books.fetch("/books/Solaris?year=1961", method="POST").json() == {"id": 2}
    assert books.fetch("/books/Untitled", method="POST").status_code == 201
    assert books.fetch("/books").json() == [
        {"id": 3, "title": "Untitled", "year": None},
        {"id": 2, "title": "Solaris", "year": 1961},
        {"id": 1, "title": "Ubik", "year": 1969},
    ]
    assert books.d1("DB").query("SELECT count(*) AS n FROM books") == [{"n": 3}]
