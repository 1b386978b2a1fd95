"""R2 beyond the contract, against Miniflare's."""

import pytest

pytestmark = pytest.mark.miniflare


@pytest.mark.parametrize(
    "route",
    ["ranges", "conditions", "digests", "readers", "folders", "upload", "abort"],
)
def test_r2_bodies(miniflare, route: str):
    answer = miniflare.fetch(f"/r2-bodies/{route}")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_bodies_are_handed_on_unread(miniflare):
    body = bytes(range(256)) * 400
    headers = {"content-type": "image/x-test"}
    stored = miniflare.fetch("/r2-bodies/object", method="PUT", body=body, headers=headers)
    assert (stored.status_code, stored.text) == (200, "image/x-test")
    served = miniflare.fetch("/r2-bodies/object")
    assert served.content == body
    assert served.headers["content-type"] == "image/x-test"
    etag = served.headers["etag"]
    assert miniflare.fetch("/r2-bodies/object", headers={"if-none-match": etag}).status_code == 304
    assert miniflare.fetch("/r2-bodies/object", headers={"range": "bytes=0-1"}).content == body[:2]
