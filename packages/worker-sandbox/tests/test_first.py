"""Each feature as the first event of a new isolate, and of one whose interpreter came back.

What a handler needs is in the image, or is imported from the bundle when it is first used: what
works as the hundredth request may fail as the first. So each module of the sandbox has a row here.

After a death every event is the first of an interpreter that was restored: that is asked of both
kinds of build. A new isolate, which takes a new workerd, is of the build that the session has.
"""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sandbox
from worker_build import pipeline
from worker_build.miniflare import Miniflare

pytestmark = [pytest.mark.miniflare, pytest.mark.boot]

MAIL = "From: a@example.com\r\nMessage-ID: <q@example.com>\r\nSubject: Casino\r\n\r\nhello\r\n"


def get(path: str, **options: Any) -> Callable[[Miniflare], httpx.Response]:
    return lambda worker: worker.fetch(path, **options)


def post(path: str, body: Any = "x", **options: Any) -> Callable[[Miniflare], httpx.Response]:
    return get(path, method="POST", body=body, **options)


def scheduled(worker: Miniflare) -> str:
    return worker.scheduled(cron="0 * * * *")


def email(worker: Miniflare) -> httpx.Response:
    return worker.dispatch_email(MAIL, sender="a@example.com", to="b@example.com")


FIRST: dict[str, tuple[Callable[[Miniflare], Any], int | str]] = {
    "ai": (get("/ai/run"), 500),
    "analytics_engine": (get("/analytics-engine"), "Events sent"),
    "asgi": (get("/asgi/nowhere"), 200),
    "assets": (get("/asset/test.txt"), "TEST"),
    "browser": (get("/browser/markdown"), 500),
    "cache": (get("/cache-api/get/example.org"), "cache miss"),
    "connect": (post("/connect"), 500),
    "container": (post("/container/echo"), "Error: failed to get container"),
    "context": (get("/context/pass-through"), "ok"),
    "cookies": (post("/cookies", "Ada"), "welcome, Ada"),
    "cors": (get("/cors/anyone"), "for everyone"),
    "crypto": (post("/crypto/digest/SHA-256"), 200),
    "d1": (get("/d1/jsvalue_null_is_null"), "ok"),
    "d1_values": (get("/d1-values/kinds"), 200),
    "dispatch": (get("/dispatch/ada"), 500),
    "durable": (get("/durable/hello"), "Hello from my-durable-object!"),
    "email": (email, 400),
    "errands": (post("/errands"), "sent"),
    "failures": (get("/test-panic"), 500),
    "fetch": (get("/fetch_json"), 200),
    "formdata": (post("/formdata-name", None, form={"name": "bar"}), 200),
    "html_rewriter": (get("/html-rewriter"), 200),
    "hyperdrive": (get("/hyperdrive"), 500),
    "images": (post("/images/info"), 500),
    "index": (get("/index"), 200),
    "js_module": (get("/js_snippets/now"), 200),
    "json_body": (post("/api-data", "1"), 200),
    "kv": (get("/kv/put-simple"), "passed"),
    "kv_values": (get("/kv-values/kinds"), 200),
    "middleware": (get("/middleware/report"), 401),
    "mtls": (post("/mtls"), 500),
    "package_data": (get("/package-data/late/csv"), 200),
    "pipelines": (get("/pipeline"), 500),
    "plain": (get("/plain/wait"), "waited"),
    "queue": (post("/queue/send/00000000-0000-4000-8000-000000000000"), "Message sent"),
    "r2": (get("/r2/list-empty"), "ok"),
    "r2_bodies": (get("/r2-bodies/ranges"), 200),
    "rate_limit": (get("/rate-limit/check"), '{"success":true}'),
    "request": (post("/async-text-echo", "echo"), "echo"),
    "response": (get("/cloned-stream"), 200),
    "routing": (get("/routing/books/1"), '{"number":1}'),
    "rpc": (get("/rpc/greet/Ada"), "Hello, Ada!"),
    "rpc_client": (get("/rpc-client/functions"), 500),
    "run_sync": (get("/run-sync/blocking/first"), 200),
    "scheduled": (scheduled, "ok"),
    "secret_store": (get("/get-from-secret-store-missing"), 500),
    "send_email": (get("/send-email?scenario=structured-ok"), 200),
    "service": (get("/remote-by-path"), "hello world"),
    "signal": (get("/signal/poll"), 200),
    "socket": (get("/socket/failed"), 200),
    "sql": (get("/sql-iterator/a"), 200),
    "sse": (get("/sse/2"), 200),
    "start": (get("/init-called"), "true"),
    "stream_kinds": (get("/streams/compressed"), 200),
    "streams": (post("/xor/1"), 200),
    "tail": (get("/tail"), "[]"),
    "tasks": (get("/tasks"), 200),
    "typed_body": (post("/typed/1?day=2026-11-28", '{"name":"Ada"}'), 201),
    "variables": (get("/secret"), "secret!"),
    "vectorize": (get("/vectorize"), 500),
    "version_metadata": (get("/version"), 500),
    "websocket": (get("/got-close-event"), "false"),
    "worker_loader": (get("/worker-loader/load"), 500),
    "workflow": (post("/workflow/first", '{"to":"Ada","grams":1}'), "first"),
    "wsgi": (get("/wsgi/env"), "some value"),
}
"""Of each module an event, and its answer: a status, or the text. A 500 is a binding that Miniflare
lacks here, told by the feature's own code."""

APART = {"contract", "router"}
"""Modules without a route."""


@pytest.fixture(scope="module", params=["release", "dev"])
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if (request.param == "dev") == bool(request.config.getoption("--worker-dev")):
        return request.getfixturevalue("worker_build")
    out = tmp_path_factory.mktemp(request.param) / "build"
    project: Path = request.getfixturevalue("worker_project")
    pipeline.build(project, release=request.param == "release", out_dir=out)
    return out


@pytest.fixture(scope="module")
def worker(
    build: Path, worker_project: Path, miniflare_options: dict[str, Any]
) -> Generator[Miniflare]:
    with Miniflare.from_project(worker_project, build=build, **miniflare_options) as running:
        yield running


def answer(worker: Miniflare, name: str) -> int | str:
    """What the row's event came to, as a status or a text like its expectation."""
    ask, wanted = FIRST[name]
    told = ask(worker)
    if isinstance(told, str):
        return told
    return told.status_code if isinstance(wanted, int) else told.text


def test_every_module_has_a_row():
    folder = Path(sandbox.__file__).parent
    assert set(FIRST) | APART == {path.stem for path in folder.glob("[a-z]*.py")}


@pytest.mark.parametrize("name", FIRST)
def test_it_is_the_first_event_of_a_new_isolate(miniflare, name):
    miniflare.set_options()
    assert answer(miniflare, name) == FIRST[name][1]


@pytest.mark.parametrize("name", FIRST)
def test_it_is_the_first_event_after_the_interpreter_has_died(worker, name):
    worker.fetch("/test-abort")
    assert answer(worker, name) == FIRST[name][1]
    worker.fetch("/test-abort")
    assert answer(worker, name) == FIRST[name][1]
