"""R2, against Miniflare's."""

import pytest

pytestmark = pytest.mark.miniflare


@pytest.mark.parametrize(
    ("method", "route"),
    [
        ("GET", "list-empty"),
        ("GET", "list"),
        ("GET", "get-empty"),
        ("GET", "get"),
        ("PUT", "put"),
        ("PUT", "put-properties"),
        ("PUT", "put-multipart"),
        ("DELETE", "delete"),
    ],
)
def test_r2(miniflare, method: str, route: str):
    answer = miniflare.fetch(f"/r2/{route}", method=method)
    assert (answer.status_code, answer.text) == (200, "ok")
