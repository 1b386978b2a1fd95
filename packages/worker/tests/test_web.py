"""Requests on their way through the platform: what is sent, kept, used up, and who went away."""

import time
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare

PROJECT = """
[project]
name = "web"
version = "1"
requires-python = ">=3.12"
dependencies = ["worker"]
"""

SOURCE = """
import asyncio

from worker import (
    BodyUsedError, CfProperties, DurableObject, Request, Response, ResizeConfig, Router,
    ValidationError, WorkerEntrypoint, asgi, durable_object, event, fetch
)
from worker.errors import Problem
from worker.request_init import Minify

told = []
router = Router()


@durable_object
class Keeper(DurableObject):
    async def fetch(self, req):
        return Response.from_json(await req.json())


class Named(WorkerEntrypoint):
    async def fetch(self, req):
        if req.path == "/props":
            return Response.from_json(self.ctx.props())
        raise ValidationError([Problem("query", "n", "expected an integer")])


@router.get("/cf")
async def sent(req, ctx):
    # What the other side sees of the options of a request.
    options = [
        CfProperties(),
        CfProperties(cache_everything=False),
        CfProperties(cache_ttl_by_status={"200-299": 60}, minify=Minify(javascript=True)),
        CfProperties(image=ResizeConfig(width=100, quality=80)),
        {"cacheKey": "mine", "none": None},
    ]
    seen = ctx.context.exports.service()
    answers = [await seen.fetch("https://h/seen", cf=each) for each in options]
    return Response.from_json([await answer.json() for answer in answers])


@router.get("/seen")
def seen(req, ctx):
    return Response.from_json(None if req.cf is None else req.cf.raw)


@router.post("/copies")
async def copies(req, ctx):
    twin = req.clone()
    moved = req.replace(url="https://other/x?y=1", method="PUT", headers={"x-a": "1"})
    found = {
        "moved": [moved.url, moved.method, moved.headers["x-a"], await moved.text()],
        "twin": [twin.method, twin.path, await twin.text()],
        "colo": [each.cf.colo == req.cf.colo for each in (twin, moved)],
        "other body": await req.replace(body="new").text(),
    }
    return Response.from_json(found)


@router.post("/used")
async def used(req, ctx):
    made = Request("https://h/", body="made")
    await made.text()
    await req.text()
    found = []
    for attempt in (
        lambda: req.text(),
        lambda: fetch(req),
        lambda: asyncio.sleep(0, req.replace(url="https://h/")),
        lambda: asyncio.sleep(0, req.clone()),
        lambda: fetch(made),
        lambda: asyncio.sleep(0, req.stream()),
    ):
        try:
            await attempt()
        except BodyUsedError as error:
            found.append(str(error))
    return Response.from_json(found)


@router.post("/object")
async def to_object(req, ctx):
    return await ctx.durable_object("KEEPER").get_by_name("a").fetch(req)


@router.get("/entrypoint/:what")
async def to_entrypoint(req, ctx):
    named = ctx.context.exports.service("Named", props={"from": "here"})
    return await named.fetch(f"https://h/{ctx.param('what')}")


@router.get("/stream")
async def stream(req, ctx):
    told.clear()
    signal = req.signal

    async def watch():
        await signal.wait_aborted()
        told.append("aborted")

    ctx.wait_until(watch())

    async def chunks():
        try:
            while True:
                yield "x" * 1000
                await asyncio.sleep(0.01)
        finally:
            told.append("closed")

    return Response(chunks())


@router.get("/told")
def what_was_told(req, ctx):
    return Response.from_json(sorted(told))


async def application(scope, receive, send):
    # As Starlette streams: it is told of a client that went by an OSError.
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan here")
    told.clear()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await receive()
    try:
        while True:
            await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})
            await asyncio.sleep(0.01)
    except OSError:
        told.append((await receive())["type"])
        raise LookupError("what a framework makes of it")


mounted = asgi.app(application)
router.get("/asgi", lambda req, ctx: mounted(req, ctx.env, ctx.context))


@event.fetch
async def main(req, env, ctx):
    return await router.run(req, env, ctx)
"""

WRANGLER = """
name = "web"
main = "build/worker/shim.mjs"
compatibility_date = "2026-07-30"
compatibility_flags = ["enable_request_signal"]

[[durable_objects.bindings]]
name = "KEEPER"
class_name = "Keeper"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Keeper"]
"""


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("web")
    (folder / "src").mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "wrangler.toml").write_text(WRANGLER)
    (folder / "src" / "main.py").write_text(SOURCE)
    pipeline.build(folder)
    with Miniflare.from_project(folder, build=folder / "build", outbound={}) as running:
        yield running


def test_of_the_platforms_options_only_what_was_set_is_sent(worker):
    assert worker.fetch("/cf").json() == [
        None,
        {"cacheEverything": False},
        {"cacheTtlByStatus": {"200-299": 60}, "minify": {"javascript": True}},
        {"image": {"width": 100, "quality": 80}},
        {"cacheKey": "mine"},
    ]


def test_copies_of_a_request_keep_what_is_not_replaced(worker):
    assert worker.fetch("/copies", method="POST", body="body").json() == {
        "moved": ["https://other/x?y=1", "PUT", "1", "body"],
        "twin": ["POST", "/copies", "body"],
        "colo": [True, True],
        "other body": "new",
    }


def test_a_body_is_used_up_wherever_it_went(worker):
    found = worker.fetch("/used", method="POST", body="body").json()
    assert found == ["body has already been read"] * 6


def test_objects_and_entry_points_answer_the_clients_mistakes(worker):
    assert worker.fetch("/object", method="POST", body="[1]").json() == [1]
    refused = worker.fetch("/object", method="POST", body="[")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid request")
    refused = worker.fetch("/entrypoint/fails")
    assert (refused.status_code, refused.json()["problems"]) == (
        422,
        [{"in": "query", "at": "n", "message": "expected an integer"}],
    )


def test_an_entry_point_has_the_props_that_its_caller_gave(worker):
    assert worker.fetch("/entrypoint/props").json() == {"from": "here"}


@pytest.mark.parametrize(
    ("path", "told"),
    [("/stream", ["aborted", "closed"]), ("/asgi", ["http.disconnect"])],
)
def test_a_client_that_goes_is_told_to_whoever_streams(worker, path, told):
    before = len(worker.logs)
    with worker.stream(path, headers={"accept-encoding": "identity"}) as answer:
        assert next(answer.iter_raw())
    deadline = time.monotonic() + 10
    while (found := worker.fetch("/told").json()) != told:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    assert [line for line in worker.logs[before:] if "Traceback" in line.message] == []
