"""Nothing is left on either side of the border, whatever a request did and however it ended."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import httpx
import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare, QueueMessage

pytestmark = [pytest.mark.miniflare, pytest.mark.slow]

PROJECT = Path(__file__).parent / "leaks"
REQUESTS = 10_000
BODY = '{"a": [1, 2, {"b": null}]}'
WANTED = {
    "/async": 200,
    "/plain": 200,
    "/blocking": 200,
    "/stream": 200,
    "/object": 200,
    "/object-fails": 200,
    "/kv": 200,
    "/d1": 200,
    "/r2": 200,
    "/send": 200,
    "/callbacks": 200,
    "/raises": 500,
    "/js-raises": 200,
    "/timed-out": 200,
    "/left-behind": 200,
    "/run-sync": 200,
    "/json": 200,
    "/through": 200,
}
POSTED = {"/run-sync", "/json", "/through"}


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    out = tmp_path_factory.mktemp("leaks") / "build"
    pipeline.build(PROJECT, out_dir=out)
    with Miniflare.from_project(PROJECT, build=out, outbound={}) as running:
        yield running


def ask(worker, path):
    options = {"method": "POST", "body": BODY} if path in POSTED else {}
    answer = worker.fetch(path, **options)
    assert answer.status_code == WANTED[path], (path, answer.text)


def leave(worker):
    """Hang up long before the answer."""
    with pytest.raises(httpx.TimeoutException):
        httpx.get(f"{worker.url.rstrip('/')}/slow", timeout=0.1)


def talk(worker):
    with worker.websocket("/socket") as socket:
        socket.send("hello")
        assert socket.recv(timeout=10) == "hello"


def others(worker):
    """What is no request with an answer, once each."""
    worker.scheduled()
    worker.dispatch_queue("letters", [QueueMessage({"to": "one"}, "1")])
    talk(worker)
    leave(worker)


def settled(worker):
    """The counts, once they do not change any more: the last events may still be ending."""
    before, now = None, worker.fetch("/live").json()[:2]
    end = time.monotonic() + 20
    while before != now and time.monotonic() < end:
        time.sleep(1)
        before, now = now, worker.fetch("/live").json()[:2]
    return now


def test_live_proxies_are_as_many_as_before(worker):
    worker.fetch("/live")  # from here on, what JavaScript holds is counted
    for path in WANTED:
        ask(worker, path)
    others(worker)
    begun = settled(worker)
    with ThreadPoolExecutor(8) as pool:
        turns = islice(iter(lambda: WANTED, None), -(-REQUESTS // len(WANTED)))
        for _ in pool.map(lambda path: ask(worker, path), [p for turn in turns for p in turn]):
            pass
        for _ in range(10):
            others(worker)
    assert settled(worker) == begun
    assert worker.fetch("/live").json()[2]["queue"] > REQUESTS // len(WANTED)


def test_a_proxy_that_nobody_lets_go_of_is_counted(worker):
    begun = settled(worker)
    assert worker.fetch("/leak").text == "leaked"
    assert settled(worker)[1] == begun[1] + 1
