"""Analytics Engine, Secrets Store and rate limiting, against Miniflare's."""

import pytest

pytestmark = pytest.mark.miniflare


def test_data_points_are_written(miniflare):
    found = miniflare.fetch("/analytics-engine")
    assert (found.status_code, found.text) == (200, "Events sent")


def test_a_secret_of_the_account_is_read(miniflare):
    miniflare.secret("SECRETS").create("secret value")
    found = miniflare.fetch("/get-from-secret-store")
    assert (found.status_code, found.text) == (200, "secret value")


def test_a_secret_that_does_not_exist_is_an_error(miniflare):
    assert miniflare.fetch("/get-from-secret-store-missing").status_code == 500


def test_a_key_within_its_limit_succeeds(miniflare):
    assert miniflare.fetch("/rate-limit/check").text == '{"success":true}'


def test_a_key_has_ten_uses_and_keys_do_not_share_them(miniflare):
    uses = [miniflare.fetch("/rate-limit/key/a").json() for _ in range(12)]
    assert uses[0] == {"key": "a", "success": True}
    assert [use["success"] for use in uses] == [True] * 10 + [False] * 2
    assert miniflare.fetch("/rate-limit/key/b").json()["success"]


def test_uses_one_after_another_are_counted(miniflare):
    results = miniflare.fetch("/rate-limit/bulk-test").json()["results"]
    assert results == [
        {"index": index, "key": f"bulk-test-{index % 3}", "success": True} for index in range(15)
    ]


def test_a_new_key_is_refused_from_its_eleventh_use(miniflare):
    outcomes = miniflare.fetch("/rate-limit/reset").json()
    assert outcomes == {f"request_{use}": use <= 10 for use in range(1, 13)}
