"""D1, against Miniflare's."""

import pytest

pytestmark = pytest.mark.miniflare

PEOPLE = [
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER NOT NULL)",
    (
        "INSERT INTO people (id, name, age) VALUES (1, 'Freddie Pearce', 26), "
        "(2, 'Wynne Ogley', 67), (3, 'Dorian Fischer', 19), (4, 'John Smith', 92), "
        "(5, 'Magaret Willamson', 54), (6, 'Ryan Upton', 21)"
    ),
    "CREATE TABLE nullable_people (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)",
    "INSERT INTO nullable_people (id, name, age) VALUES (1, NULL, NULL), (2, 'Wynne Ogley', 67)",
]


@pytest.fixture(scope="module")
def database(miniflare):
    for statement in PEOPLE:
        answer = miniflare.fetch("/d1/exec", method="POST", body=statement)
        assert (answer.status_code, answer.text) == (200, "1")
    return miniflare


@pytest.mark.parametrize(
    "route",
    [
        "prepared",
        "batch",
        "session_prepare_and_batch",
        "session_bookmark_roundtrip",
        "jsvalue_null_is_null",
        "serialize_optional_none",
        "serialize_optional_some",
        "deserialize_optional_none",
        "insert_and_retrieve_optional_none",
        "insert_and_retrieve_optional_some",
        "retrieve_optional_none",
        "retrieve_optional_some",
        "retrive_first_none",
        "deserialize_with_type_mismatch",
    ],
)
def test_d1(database, route: str):
    answer = database.fetch(f"/d1/{route}")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_an_error_has_the_words_of_sqlite(database):
    answer = database.fetch("/d1/error")
    assert (answer.status_code, answer.text) == (200, "")


def test_the_simulator_has_no_dump(database):
    """Platform only: here it is a D1Error."""
    assert database.fetch("/d1/dump").status_code == 500


def test_exec_of_no_sql_is_a_failure(database):
    answer = database.fetch("/d1/exec", method="POST", body="NONSENSE")
    assert answer.status_code == 500
    assert answer.text.startswith("PanicError: Error: D1_EXEC_ERROR")
