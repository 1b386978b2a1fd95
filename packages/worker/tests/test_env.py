"""Which objects an accessor refuses, and what its error says."""

import pytest
from worker._binding_errors import mismatch, undefined
from worker._bindings import Bindings
from worker._kinds import KINDS, accessors, refuted
from worker.env import Env
from worker.errors import BindingError, Error


def test_every_kind_has_an_accessor_and_every_accessor_a_kind():
    accessors = {name for name in vars(Bindings) if not name.startswith("_")}
    assert accessors == set(KINDS)


@pytest.mark.parametrize(
    ("accessor", "found"),
    [
        ("kv", "D1Database"),
        ("kv", "String"),
        ("d1", "KvNamespace"),
        ("bucket", "Fetcher"),
        ("durable_object", "R2Bucket"),
        ("queue", "Fetcher"),
        ("service", "String"),
        ("service", "KvNamespace"),
        ("secret", "Object"),
        ("var", "Number"),
        ("object_var", "String"),
        ("object_var", "Fetcher"),
        ("rate_limiter", "Fetcher"),
    ],
)
def test_a_name_that_belongs_to_another_product_is_refuted(accessor: str, found: str):
    assert refuted(accessor, found)


@pytest.mark.parametrize(
    ("accessor", "found"),
    [
        ("d1", "BetaDatabase"),
        ("secret_store", "Fetcher"),
        ("assets", "Fetcher"),
        ("send_email", "Fetcher"),
        ("analytics_engine", "Object"),
        ("kv", "Object"),
        ("ai", "Ai"),
        ("vectorize", "VectorizeIndexImpl"),
        ("object_var", "Array"),
        ("object_var", "Number"),
        ("service", ""),
    ],
)
def test_what_cannot_be_proven_wrong_is_let_through(accessor: str, found: str):
    assert not refuted(accessor, found)


def test_an_absent_binding_says_what_is_there_and_what_to_add():
    error = undefined("CACHE", ["DB", "ASSETS"], KINDS["kv"])
    assert str(error) == "Binding `CACHE` is undefined."
    assert isinstance(error, (BindingError, Error, LookupError))
    assert (error.name, error.kind, error.found) == ("CACHE", "KvNamespace", None)
    assert error.available == ("ASSETS", "DB")
    assert error.lines == '[[kv_namespaces]]\nbinding = "CACHE"\nid = "…"'
    assert error.__notes__ == [
        f"Declare it under `kv_namespaces` in the wrangler file:\n{error.lines}",
        "The environment holds: ASSETS, DB.",
    ]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("CAHCE", "CACHE"), ("cache", "CACHE"), ("CACHES", "CACHE"), ("SESSIONS", None), ("C", None)],
)
def test_a_typing_error_in_a_name_is_told(asked: str, meant: str | None):
    notes = undefined(asked, ["CACHE", "DB"]).__notes__
    told = [note for note in notes if note.startswith("Did you mean")]
    assert told == ([f"Did you mean `{meant}`?"] if meant else [])


def test_a_wrong_binding_says_what_it_is_and_which_accessor_gives_it():
    error = mismatch("DB", ["DB"], KINDS["bucket"], "D1Database")
    assert str(error) == "Binding cannot be cast to the type R2Bucket from D1Database"
    assert (error.name, error.kind, error.found) == ("DB", "R2Bucket", "D1Database")
    assert error.available == ("DB",)
    assert error.lines == KINDS["bucket"].lines("DB")
    assert error.__notes__ == [
        'What `DB` holds is given by env.d1("DB").',
        f"The type R2Bucket is declared under `r2_buckets`:\n{error.lines}",
        "The environment holds: DB.",
    ]


def test_what_has_no_accessor_is_given_by_the_raw_door():
    notes = mismatch("X", [], KINDS["var"], "Thing").__notes__
    assert notes[0] == 'What `X` holds is given by env["X"].'


@pytest.mark.parametrize(
    ("found", "given_by"),
    [
        ("KvNamespace", ["kv"]),
        ("Number", ["object_var"]),
        ("String", ["secret", "var"]),
        ("BetaDatabase", ["d1"]),
        ("Thing", []),
    ],
)
def test_which_accessors_may_give_what_is_there(found: str, given_by: list[str]):
    assert accessors(found) == given_by


def test_the_environment_has_no_public_constructor():
    with pytest.raises(TypeError, match="no public constructor"):
        Env()


@pytest.mark.parametrize("name", [5, None, b"DB"])
def test_a_name_is_text(name):
    with pytest.raises(TypeError, match="the name of a binding is text"):
        Env._from_js(None).kv(name)
