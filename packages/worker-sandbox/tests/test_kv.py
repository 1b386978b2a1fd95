"""Workers KV, against Miniflare's."""

import pytest

pytestmark = pytest.mark.miniflare


def test_a_key_that_a_test_has_put_is_read(miniflare):
    assert miniflare.fetch("/kv/get").status_code == 404
    miniflare.kv("TEST").put("simple", "passed")
    assert miniflare.fetch("/kv/get").text == "passed"


@pytest.mark.parametrize(
    "route",
    [
        "get-not-found",
        "list-keys",
        "put-simple",
        "put-metadata",
        "put-metadata-struct",
        "put-expiration",
        "get-bulk",
        "get-bulk-empty",
        "get-bulk-limit",
    ],
)
def test_kv(miniflare, route: str):
    answer = miniflare.fetch(f"/kv/{route}")
    assert (answer.status_code, answer.text) == (200, "passed")


def test_a_comparison_that_fails_is_an_error_with_both_sides(miniflare):
    answer = miniflare.fetch("/kv/list-keys")
    assert answer.status_code == 500


def test_a_value_is_put_and_its_key_listed(miniflare):
    answer = miniflare.fetch("/kv/a-key/a-value", method="POST")
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == (
        '{"keys":[{"name":"a-key","expiration":null,"metadata":null}],'
        '"list_complete":true,"cursor":null}'
    )
    assert miniflare.kv("SOME_NAMESPACE").get("a-key") == "a-value"
