"""Flask: templates, sessions, bindings, uploads, streams."""

import time

import pytest

pytestmark = pytest.mark.miniflare


def test_a_session_lives_in_a_signed_cookie(example):
    assert 'action="/login"' in example.fetch("/").text
    answer = example.fetch("/login", method="POST", form={"name": "<Ada>"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert "HttpOnly" in answer.headers["set-cookie"]
    page = example.fetch("/", headers={"cookie": cookie})
    assert "Hello, &lt;Ada&gt;!" in page.text
    assert page.headers["vary"] == "Cookie"
    signed, _, signature = cookie.rpartition(".")
    # Its first character: of the last one, base64 leaves bits unused.
    other = "A" if signature[0] != "A" else "B"
    forged = example.fetch("/", headers={"cookie": f"{signed}.{other}{signature[1:]}"})
    assert 'action="/login"' in forged.text


def test_leaving_ends_the_session(example):
    answer = example.fetch("/login", method="POST", form={"name": "Ada"})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    left = example.fetch("/logout", method="POST", headers={"cookie": cookie})
    assert left.headers["set-cookie"].startswith("session=;")


def test_notes_are_kept(example):
    missing = example.fetch("/notes/f")
    assert (missing.status_code, missing.json()) == (404, {"error": "no note f"})
    assert example.fetch("/notes/f", method="PUT", body="żółw".encode()).status_code == 204
    assert example.fetch("/notes/f").text == "żółw"
    assert example.running.kv("NOTES").get("f") == "żółw"


def test_uploads_small_and_large(example):
    for size in (3, 2_000_000):
        files = {"file": ("a.bin", b"x" * size, "application/x-test")}
        told = example.fetch("/upload", method="POST", files=files).json()
        assert told == {"name": "a.bin", "type": "application/x-test", "size": size}


def test_a_stream_comes_as_it_is_made(example):
    with example.stream("/count") as answer:
        arrived = [(time.monotonic(), chunk) for chunk in answer.iter_text()]
    assert "".join(text for _, text in arrived) == "".join(f"{n}\n" for n in range(10))
    assert arrived[-1][0] - arrived[0][0] > 0.5


def test_what_is_not_there(example):
    assert example.fetch("/nowhere").status_code == 404
    assert example.fetch("/login").status_code == 405
