"""Fetch handlers of each kind, in workers of their own, under Miniflare."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare

PROJECT = """
[project]
name = "handlers"
version = "1"
requires-python = ">=3.12"
dependencies = ["worker"]
"""

PLAIN = """
import asyncio

from worker import Response, event, run_blocking, run_sync

fetched = []


@event.start
def first():
    fetched.append("started")


@event.fetch
def main(req, env, ctx):
    if req.path == "/wait":
        return Response.ok(run_sync(later("waited")))
    if req.path == "/body":
        return Response.ok(run_sync(req.text()))
    if req.path == "/often":
        return Response.ok(" ".join(run_sync(now(str(number))) for number in range(5)))
    if req.path == "/raise":
        raise ValueError("a secret of the house")
    return Response.ok(" ".join(fetched))


async def now(text):
    return text


async def later(text):
    await asyncio.sleep(0.05)
    return text
"""

ASYNC = """
import asyncio

from worker import Response, event, run_blocking, run_sync


@event.fetch(respond_with_errors=True)
async def main(req, env, ctx):
    if req.path == "/raise":
        raise ValueError("told to the client")
    if req.path == "/blocking":
        return Response.ok(await run_blocking(blocking, "blocked"))
    if req.path.startswith("/deep/"):
        return Response.ok((await run_blocking(deep, 12, req.path))[0])
    if req.path == "/run-sync":
        return Response.ok(run_sync(asyncio.sleep(0, "never")))
    if req.path == "/nothing":
        return None
    return Response.ok(str(len(asyncio.all_tasks())))


def blocking(text):
    return run_sync(asyncio.sleep(0.02, text))


def deep(left, text):
    # Garbage for the collector, and a frame of C for each level: `sorted` calls back.
    litter = [[text, number] for number in range(400)]
    if not left:
        for _ in range(4):
            run_sync(asyncio.sleep(0.001 * (int(text.rpartition("/")[2]) % 7 + 1)))
        return [text]
    return sorted([text], key=lambda _: (deep(left - 1, text), 0)[1])
"""


def serve(folder: Path, source: str) -> Generator[Miniflare]:
    (folder / "src").mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "src" / "main.py").write_text(source)
    pipeline.build(folder)
    with Miniflare(folder / "build", {}) as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    yield from serve(tmp_path_factory.mktemp("plain"), PLAIN)


@pytest.fixture(scope="module")
def coroutine(tmp_path_factory):
    yield from serve(tmp_path_factory.mktemp("async"), ASYNC)


def test_start_handlers_run_before_the_first_event(plain):
    assert plain.fetch("/").text == "started"


def test_a_plain_handler_waits_with_run_sync(plain):
    assert plain.fetch("/wait").text == "waited"
    assert plain.fetch("/body", method="POST", body="hello").text == "hello"
    assert plain.fetch("/often").text == "0 1 2 3 4"


def test_a_failure_is_a_plain_500_and_its_traceback_is_in_the_log(plain):
    response = plain.fetch("/raise")
    assert (response.status_code, response.text) == (500, "INTERNAL SERVER ERROR")
    logged = plain.logs.wait_for("a secret of the house").message
    first = '  File "/session/app/main.py", line '
    assert logged.startswith("Traceback (most recent call last):\n" + first)
    assert "_dispatch" not in logged


def test_a_failure_is_told_to_the_client_where_the_worker_wants_it(coroutine):
    response = coroutine.fetch("/raise")
    assert (response.status_code, response.text) == (500, "told to the client")


def test_a_handler_that_returns_no_response_is_told_what_to_return(coroutine):
    response = coroutine.fetch("/nothing")
    assert response.status_code == 500
    assert response.text == "a fetch handler returned NoneType, not a Response"


def test_blocking_code_waits_on_a_stack_of_its_own(coroutine):
    assert coroutine.fetch("/blocking").text == "blocked"


def test_the_collector_leaves_stacks_that_wait_alone(coroutine):
    paths = [f"/deep/{number}" for number in range(300)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(coroutine.fetch, paths))
    assert [answer.text for answer in answers] == paths


def test_run_sync_in_a_coroutine_says_what_to_do_instead(coroutine):
    response = coroutine.fetch("/run-sync")
    assert response.status_code == 500
    assert "run_blocking" in response.text


def test_a_handler_that_does_not_wait_has_no_task(coroutine):
    assert coroutine.fetch("/").text == "0"
