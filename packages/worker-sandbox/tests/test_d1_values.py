"""D1 beyond the contract, against Miniflare's."""

import pytest

pytestmark = pytest.mark.miniflare


@pytest.mark.parametrize("route", ["kinds", "errors", "batch", "meta", "dbapi"])
def test_d1_values(miniflare, route: str):
    answer = miniflare.fetch(f"/d1-values/{route}")
    assert (answer.status_code, answer.text) == (200, "ok")
