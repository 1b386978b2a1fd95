"""RPC: methods of Durable Objects and of named entry points."""

import pytest

pytestmark = pytest.mark.miniflare


def test_a_method_takes_arguments_and_gives_a_result(miniflare):
    notes = [miniflare.fetch("/rpc/diary/a", method="POST", body=text) for text in ("one", "two")]
    assert [note.json() for note in notes] == [1, 2]
    assert miniflare.fetch("/rpc/diary/a").json() == ["one", "two"]
    assert miniflare.fetch("/rpc/diary/b").json() == []


def test_calls_at_once_lose_no_increment(miniflare):
    assert sorted(miniflare.fetch("/rpc/diary/a/count").json()) == list(range(1, 51))
    assert sorted(miniflare.fetch("/rpc/diary/a/count").json()) == list(range(51, 101))


def test_an_exception_crosses_with_its_type(miniflare):
    miniflare.fetch("/rpc/diary/c", method="POST", body="here")
    assert miniflare.fetch("/rpc/diary/c/find", method="POST", body="here").json() == 0
    response = miniflare.fetch("/rpc/diary/c/find", method="POST", body="there")
    assert (response.status_code, response.text) == (404, "LookupError: no line says 'there'")


def test_an_object_that_waits_does_not_hold_up_another(miniflare):
    assert miniflare.fetch("/rpc/beside").json() == {"quick": True, "slow": True}


def test_what_must_not_be_interrupted_is_not(miniflare):
    assert miniflare.fetch("/rpc/diary/g/once").json() == 1


def test_a_function_is_called_where_it_came_from(miniflare):
    miniflare.fetch("/rpc/diary/d", method="POST", body="quiet")
    assert miniflare.fetch("/rpc/diary/d/each").json() == ["QUIET"]


def test_an_object_that_is_thrown_away_keeps_what_it_stored(miniflare):
    miniflare.fetch("/rpc/diary/e", method="POST", body="kept")
    for _ in range(3):
        response = miniflare.fetch("/rpc/diary/e/burn")
        assert response.status_code == 409
        assert "the diary was burnt" in response.text
        assert miniflare.fetch("/rpc/diary/e").json() == ["kept"]
    assert miniflare.fetch("/rpc/diary/e/count").status_code == 200


def test_an_object_that_sleeps_is_made_anew_with_its_setup(miniflare):
    miniflare.fetch("/rpc/diary/f", method="POST", body="before")
    miniflare.evict_durable_object("DIARY", name="f")
    assert miniflare.fetch("/rpc/diary/f", method="POST", body="after").json() == 2


def test_a_named_entry_point_knows_the_props_of_its_binding(miniflare):
    assert miniflare.fetch("/rpc/greet/Ada").text == "Hello, Ada!"
