"""Which objects an accessor refuses, and what its error says."""

import pytest
from worker._bindings import Bindings
from worker._kinds import KINDS, refuted
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
    error = BindingError.undefined(
        "CACHE",
        kind="KvNamespace",
        section="kv_namespaces",
        lines=KINDS["kv"].lines("CACHE"),
        available=["DB", "ASSETS"],
    )
    assert str(error) == "Binding `CACHE` is undefined."
    assert isinstance(error, (Error, LookupError))
    assert (error.name, error.kind, error.found) == ("CACHE", "KvNamespace", None)
    assert error.available == ("ASSETS", "DB")
    assert error.lines == '[[kv_namespaces]]\nbinding = "CACHE"\nid = "…"'
    assert error.lines in error.__notes__[0]
    assert error.__notes__[1] == "The environment holds: ASSETS, DB."


def test_a_wrong_binding_says_what_it_is():
    error = BindingError.mismatch("DB", "R2Bucket", "D1Database")
    assert str(error) == "Binding cannot be cast to the type R2Bucket from D1Database"
    assert (error.name, error.kind, error.found) == ("DB", "R2Bucket", "D1Database")


def test_the_environment_has_no_public_constructor():
    with pytest.raises(TypeError, match="no public constructor"):
        Env()
