"""The cache."""


def test_what_was_stored_is_found_until_it_is_deleted(miniflare):
    assert miniflare.fetch("/cache-api/get/key").text == "cache miss"
    stored = miniflare.fetch("/cache-api/put/key", method="PUT")
    assert stored.headers["cache-control"] == "s-maxage=10"
    assert miniflare.fetch("/cache-api/get/key").json() == stored.json()
    assert miniflare.fetch("/cache-api/delete/key", method="POST").text == '"Success"'
    assert miniflare.fetch("/cache-api/get/key").text == "cache miss"
    assert miniflare.fetch("/cache-api/delete/key", method="POST").text == '"ResponseNotFound"'


def test_a_hit_is_the_answer_of_the_miss(miniflare):
    first = miniflare.fetch("/cache-example").json()
    assert miniflare.fetch("/cache-example").json() == first


def test_a_stream_is_stored(miniflare):
    first = miniflare.fetch("/cache-stream?x=1").text
    assert set(first.splitlines()) <= {"Hello, world!"}
    assert miniflare.fetch("/cache-stream?x=1").text == first


def test_caches_of_different_names_share_nothing(miniflare):
    for name in ("first", "second"):
        assert miniflare.fetch(f"/cache/{name}/key", method="PUT", body=name).text == name
    assert miniflare.fetch("/cache/first/key").text == "first"
    assert miniflare.fetch("/cache-api/get/sandbox.example%2Fkey").text == "cache miss"
    assert miniflare.fetch("/cache/first/key", method="DELETE").json() is True
    assert miniflare.fetch("/cache/first/key").status_code == 404
    assert miniflare.fetch("/cache/first/key", method="DELETE").json() is False
    assert miniflare.fetch("/cache/second/key").text == "second"
