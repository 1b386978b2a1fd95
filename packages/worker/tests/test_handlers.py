"""Fetch handlers of each kind, in workers of their own, under Miniflare."""

import time
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
from worker_sys.aio import current_event

answered = []


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
    if req.path == "/body":
        text = await req.text()
        return Response.ok(f"{text}, {len(asyncio.all_tasks())} tasks")
    if req.path == "/light":
        answered.append(current_event())
        return Response.ok("light")
    if req.path == "/looked-up":
        return Response.from_json([event._js is not None for event in answered])
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

MIXED = """
import asyncio
from datetime import timedelta

from worker import DurableObject, Response, Router, durable_object, event, run_sync

router = Router()
steps = []


@durable_object
class Sleeper(DurableObject):
    def fetch(self, req):
        storage = self.state.storage
        if req.path == "/count":
            # The input gate holds over a stack that waits.
            count = run_sync(storage.get("count", int)) or 0
            run_sync(storage.put("count", count + 1))
            return Response.ok(str(count + 1))
        if req.path == "/ring":
            run_sync(storage.set_alarm(timedelta(milliseconds=10)))
        return Response.ok(str(run_sync(storage.get("rung", str))))

    def alarm(self):
        run_sync(asyncio.sleep(0.01))
        run_sync(self.state.storage.put("rung", "by a plain alarm"))


@router.get("/object/:what")
async def ask(req, ctx):
    stub = ctx.durable_object("SLEEPER").get_by_name("a")
    return await stub.fetch("https://x/" + ctx.param("what"))


@router.get("/missed")
def missed(req, ctx):
    raise LookupError("nothing")


@router.exception_handler(LookupError)
def answered(req, ctx, error):
    return Response.error(f"{run_sync(later(error.args[0]))} was there", 404)


@router.not_found
def nowhere(req, ctx):
    return Response.error(run_sync(later("no such page")), 404)


@router.get("/late")
async def late(req, ctx):
    async with asyncio.timeout(5):
        return Response.ok(await router_of_plain.run(req, ctx.env, ctx.context) and "in a task")


router_of_plain = Router().get("/late", lambda req, ctx: Response.ok(run_sync(later("x"))))


async def later(text):
    await asyncio.sleep(0.02)
    return text


@event.fetch
async def main(req, env, ctx):
    return await router.run(req, env, ctx)


@event.scheduled
def cron(event, env, ctx):
    print("cron", run_sync(later("waited")))
"""

WRANGLER = """
name = "handlers"
main = "build/worker/shim.mjs"
compatibility_date = "2026-07-30"

[[durable_objects.bindings]]
name = "SLEEPER"
class_name = "Sleeper"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Sleeper"]
"""


def serve(folder: Path, source: str) -> Generator[Miniflare]:
    make(folder, source)
    with Miniflare(folder / "build", {}) as running:
        yield running


def make(folder: Path, source: str) -> None:
    (folder / "src").mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "src" / "main.py").write_text(source)
    pipeline.build(folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    yield from serve(tmp_path_factory.mktemp("plain"), PLAIN)


@pytest.fixture(scope="module")
def coroutine(tmp_path_factory):
    yield from serve(tmp_path_factory.mktemp("async"), ASYNC)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "wrangler.toml").write_text(WRANGLER)
    make(folder, MIXED)
    with Miniflare.from_project(folder, build=folder / "build", outbound={}) as running:
        yield running


def test_plain_methods_of_a_durable_object_wait_and_lose_nothing(mixed):
    with ThreadPoolExecutor(8) as pool:
        counts = pool.map(lambda _: int(mixed.fetch("/object/count").text), range(20))
    assert sorted(counts) == list(range(1, 21))


def test_a_plain_alarm_waits(mixed):
    assert mixed.fetch("/object/ring").text == "None"
    end = time.monotonic() + 10
    while (told := mixed.fetch("/object/rung").text) == "None" and time.monotonic() < end:
        time.sleep(0.05)
    assert told == "by a plain alarm"


def test_plain_handlers_of_failures_wait(mixed):
    assert mixed.fetch("/missed").text == "nothing was there"
    assert mixed.fetch("/nowhere").text == "no such page"


def test_a_plain_handler_waits_where_the_coroutine_has_a_task(mixed):
    assert mixed.fetch("/late").text == "in a task"


def test_a_plain_scheduled_handler_waits(mixed):
    mixed.scheduled()
    assert mixed.logs.wait_for("cron waited")


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


def test_a_handler_that_waits_for_promises_has_no_task(coroutine):
    assert coroutine.fetch("/body", method="POST", body="read").text == "read, 0 tasks"


def test_an_answer_of_text_needs_one_crossing_each_way(coroutine):
    assert coroutine.fetch("/light").text == "light"
    assert coroutine.fetch("/looked-up").json() == [False]
