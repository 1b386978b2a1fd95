"""A worker that watches: itself, here."""

import time

import pytest

pytestmark = pytest.mark.miniflare


@pytest.fixture(scope="module")
def miniflare_options():
    return {
        "tails": ["worker-sandbox"],
        "streamingTails": ["worker-sandbox"],
        "compatibilityFlags": ["streaming_tail_worker"],
    }


def wait_for(miniflare, *lines: str) -> None:
    deadline = time.monotonic() + 20
    while not set(lines) <= set(found := miniflare.fetch("/tail").json()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def test_what_a_worker_logged_and_how_it_ended_is_told_afterwards_and_as_it_happens(miniflare):
    assert miniflare.fetch("/js_snippets/log").status_code == 200
    wait_for(miniflare, "stream ok")
    found = miniflare.fetch("/tail").json()
    assert any(line.startswith("GET ok [") for line in found)
    assert any(line.startswith("log ") for line in found)
