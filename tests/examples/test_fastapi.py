"""FastAPI: models, its pages, uploads, streams, WebSockets, both kinds of endpoint."""

import json
import time

import pytest

pytestmark = pytest.mark.miniflare


def test_the_lifespan_has_begun(example):
    assert example.fetch("/").json() == {"greeting": "hello"}
    assert example.fetch("/").json() == {"greeting": "hello"}


def test_models_are_checked_and_kept(example):
    note = {"text": "buy milk", "stars": 3}
    assert example.fetch("/notes/a", method="PUT", json=note).json() == note
    assert example.fetch("/notes/a").json() == note
    assert json.loads(example.running.kv("NOTES").get("a")) == note
    refused = example.fetch("/notes/b", method="PUT", json={"stars": "many"})
    assert refused.status_code == 422
    assert {tuple(each["loc"]) for each in refused.json()["detail"]} == {
        ("body", "text"),
        ("body", "stars"),
    }
    missing = example.fetch("/notes/b")
    assert (missing.status_code, missing.json()) == (404, {"detail": "no note b"})


def test_the_api_describes_itself(example):
    described = example.fetch("/openapi.json").json()
    assert described["info"]["title"] == "Notes"
    assert set(described["paths"]["/notes/{name}"]) == {"get", "put"}
    assert described["components"]["schemas"]["Note"]["required"] == ["text"]
    page = example.fetch("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "/openapi.json" in page.text


def test_an_upload_is_kept_after_the_answer(example):
    files = {"file": ("a.txt", b"some text", "text/plain")}
    answer = example.fetch("/upload/late", method="POST", files=files)
    assert answer.status_code == 202
    assert answer.json() == {"name": "a.txt", "type": "text/plain", "size": 9}
    until = time.monotonic() + 10
    while (kept := example.fetch("/notes/late")).status_code == 404:
        assert time.monotonic() < until
    assert kept.json() == {"text": "some text", "stars": 0}


def test_a_stream_comes_as_it_is_made(example):
    with example.stream("/count") as answer:
        arrived = [(time.monotonic(), chunk) for chunk in answer.iter_text()]
    assert "".join(text for _, text in arrived) == "".join(f"{n}\n" for n in range(10))
    assert arrived[-1][0] - arrived[0][0] > 0.5


def test_a_plain_endpoint_waits(example):
    assert example.fetch("/blocking").json() == "done"


def test_a_websocket(example):
    with example.websocket("/echo") as socket:
        for text in ("one", "zwei", ""):
            socket.send(text)
            assert socket.recv(timeout=10) == text
