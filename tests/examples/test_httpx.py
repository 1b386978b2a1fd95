"""httpx by way of fetch: redirects, every header, decompression, streams both ways, timeouts."""

import pytest

pytestmark = pytest.mark.miniflare


def test_redirects_cookies_and_compression(example):
    told = example.fetch("/users/ada").json()
    assert told["user"]["name"] == "ada"
    assert told["user"]["query"] == "full=1"
    assert told["user"]["agent"].startswith("python-httpx/")
    assert told["cookies"] == {"a": "1", "b": "2"}
    assert told["set-cookie"] == ["a=1", "b=2; Path=/"]
    assert told["encoding"] == "gzip"
    assert told["redirects"] == 1


def test_an_upload_is_handed_on(example):
    answer = example.fetch("/files/big", method="POST", body=b"x" * 200_000)
    assert (answer.status_code, answer.json()) == (201, {"path": "/files/big", "size": 200_000})


def test_a_large_answer_is_read_in_pieces(example):
    assert example.fetch("/download").json() == {"size": 300_000}


def test_failures_are_those_of_httpx(example):
    answer = example.fetch("/unreachable")
    assert (answer.status_code, answer.text) == (504, "ReadTimeout")
