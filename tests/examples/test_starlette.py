"""Starlette: endpoints as classes, mounts, middleware, forms, tasks, streams, WebSockets."""

import time

import pytest

pytestmark = pytest.mark.miniflare


def test_the_lifespan_and_middleware(example):
    answer = example.fetch("/", headers={"origin": "https://example.com"})
    assert answer.json() == {"greeting": "hello"}
    assert answer.headers["access-control-allow-origin"] == "https://example.com"


def test_a_letter_is_kept_after_the_answer(example):
    missing = example.fetch("/letters/x")
    assert (missing.status_code, missing.json()) == (404, {"error": "no such letter"})
    files = {"file": ("a.txt", "żółw".encode(), "text/plain")}
    answer = example.fetch("/letters/x", method="POST", files=files)
    assert (answer.status_code, answer.json()) == (202, {"length": 4})
    until = time.monotonic() + 10
    while (kept := example.fetch("/letters/x")).status_code == 404:
        assert time.monotonic() < until
    assert kept.text == "żółw"


def test_a_field_that_is_no_file_is_refused(example):
    answer = example.fetch("/letters/y", method="POST", form={"file": "text"})
    assert (answer.status_code, answer.text) == (422, "`file` must be a file")


def test_a_method_that_an_endpoint_has_not(example):
    assert example.fetch("/letters/x", method="DELETE").status_code == 405


def test_compression_is_undone_once(example):
    answer = example.fetch("/alphabet", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "abcdefghijklmnopqrstuvwxyz" * 100


def test_streams_and_plain_functions(example):
    assert example.fetch("/count").text == "".join(f"{n}\n" for n in range(10))
    assert example.fetch("/blocking").text == "done"


def test_a_websocket(example):
    with example.websocket("/echo") as socket:
        socket.send("hello")
        assert socket.recv(timeout=10) == "hello"
