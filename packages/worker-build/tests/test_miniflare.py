"""The Miniflare driver against a small worker of plain JavaScript, under the real workerd."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from worker_build.miniflare import (
    ConfigError,
    EchoSocket,
    Gone,
    JsError,
    Miniflare,
    MissingBinding,
    MockRequest,
    QueueMessage,
    Reply,
    StartError,
    config,
)

pytestmark = pytest.mark.miniflare

BUILD = Path(__file__).parent / "miniflare_worker"
OPTIONS = {
    "name": "tiny",
    "compatibilityDate": "2026-04-01",
    "bindings": {"GREETING": "hi", "SECRET": "psst"},
    "kvNamespaces": ["KV"],
    "d1Databases": ["DB"],
    "r2Buckets": ["BUCKET"],
    "queueProducers": {"QUEUE": "jobs"},
    "queueConsumers": {"jobs": {"maxBatchTimeout": 0}},
    "durableObjects": {"COUNTER": {"className": "Counter", "useSQLite": True}},
    "secretsStoreSecrets": {"STORED": {"store_id": "store", "secret_name": "name"}},
}


def answer(request: MockRequest) -> Reply:
    if request.url.endswith("/raise"):
        raise ValueError("not this one")
    return Reply(f"{request.method} {request.body.decode()}", headers={"x-mock": "python"})


OUTBOUND = {
    "https://plain.example": (203, {"x-mock": "tuple"}, "plain"),
    "https://call.example/*": answer,
    "https://echo.example/": EchoSocket(),
    "https://slow.example/": Reply("late", delay=0.2),
}


@pytest.fixture(scope="module")
def mf() -> Iterator[Miniflare]:
    services = {"REMOTE": lambda request: Reply(f"remote {request.url}")}
    with Miniflare(BUILD, OPTIONS, outbound=OUTBOUND, services=services) as running:
        yield running


def test_a_request_reaches_the_worker_over_loopback(mf: Miniflare) -> None:
    assert mf.url.startswith("http://127.0.0.1:")
    assert mf.fetch("/hello").text == "hello"
    assert mf.fetch("hello").status_code == 200
    assert mf.fetch("/lost").status_code == 404


def test_shim_and_index_both_load_with_the_one_rule_of_the_readme() -> None:
    for main in ("worker/shim.mjs", "index.js"):
        with Miniflare(BUILD / main, OPTIONS) as running:
            assert running.fetch("/add").text == "42"


def test_a_whole_url_is_what_the_worker_sees(mf: Miniflare) -> None:
    seen = mf.fetch("https://shop.example/url?a=1", method="PUT").json()
    assert seen == {"url": "https://shop.example/url?a=1", "method": "PUT"}


def test_bodies_headers_forms_and_redirects_pass(mf: Miniflare) -> None:
    echoed = mf.fetch("/echo", method="POST", body=b"\x00\xff", headers={"x-own": "1"})
    assert echoed.content == b"\x00\xff"
    assert echoed.headers["x-own"] == "1"
    assert mf.fetch("/echo", method="POST", json={"a": [1]}).json() == {"a": [1]}
    posted = mf.fetch("/form", method="POST", form={"name": "n"}, files={"file": ("f.txt", b"123")})
    assert posted.json() == ["n", "f.txt", 3]
    assert mf.fetch("/redirect").status_code == 302
    assert mf.fetch("/redirect", follow_redirects=True).text == "hello"


def test_a_response_can_be_read_while_it_streams(mf: Miniflare) -> None:
    with mf.stream("/stream") as response:
        assert "".join(response.iter_text()) == "one two three"


def test_cf_is_miniflares_placeholder_and_needs_no_network(mf: Miniflare) -> None:
    assert mf.fetch("/cf").json()["region"] == "Texas"


def test_cf_can_be_given(mf: Miniflare) -> None:
    assert mf.fetch("/cf", cf={"region": "Bavaria"}).json() == {"region": "Bavaria"}


def test_a_websocket_talks_both_ways(mf: Miniflare) -> None:
    with mf.websocket("/ws") as socket:
        socket.send("one")
        assert socket.recv(timeout=10) == "echo one"


def test_kv_is_the_workers_own(mf: Miniflare) -> None:
    kv = mf.kv("KV")
    kv.put("from-python", "value", metadata={"by": "python"}, expiration_ttl=600)
    mf.fetch("/kv")
    assert kv.get_with_metadata("from-worker") == ("value", {"by": "worker"})
    kv.put("bytes", b"\x00\xff")
    assert kv.get_bytes("bytes") == b"\x00\xff"
    page = kv.list(prefix="from-", limit=1)
    assert [key.name for key in page.keys] == ["from-python"]
    assert page.keys[0].expiration is not None
    assert page.cursor is not None
    assert [key.name for key in kv.list(prefix="from-", cursor=page.cursor).keys] == ["from-worker"]
    kv.delete("from-worker")
    assert kv.get("from-worker") is None


def test_d1_runs_statements_with_parameters(mf: Miniflare) -> None:
    db = mf.d1("DB")
    db.exec("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, age REAL)")
    db.query("INSERT INTO people (name, age) VALUES (?, ?), (?, ?)", "Ada", 36.5, "Bob", None)
    assert db.query("SELECT * FROM people WHERE id = ?", 1) == [
        {"id": 1, "name": "Ada", "age": 36.5}
    ]
    with pytest.raises(JsError, match="no such table"):
        db.query("SELECT * FROM nobody")


def test_r2_keeps_bodies_and_metadata(mf: Miniflare) -> None:
    bucket = mf.r2("BUCKET")
    put = bucket.put(
        "a/1", b"\x00\x01", http_metadata={"contentType": "x/y"}, custom_metadata={"own": "1"}
    )
    assert put.size == 2
    assert put.uploaded.tzinfo is UTC
    found = bucket.get("a/1")
    assert found is not None
    assert found.body == b"\x00\x01"
    assert found.http_metadata == {"contentType": "x/y"}
    assert found.custom_metadata == {"own": "1"}
    bucket.put("b/2", "text")
    assert [o.key for o in bucket.list()] == ["a/1", "b/2"]
    assert [o.custom_metadata for o in bucket.list(prefix="a/")] == [{"own": "1"}]
    bucket.delete("a/1", "b/2")
    assert bucket.head("a/1") is None


def test_a_queue_delivers_what_is_sent(mf: Miniflare) -> None:
    mf.queue("QUEUE").send({"job": 1})
    for _ in range(100):
        if mf.kv("KV").get("queued") is not None:
            break
        time.sleep(0.1)
    assert mf.fetch("/queued").json() == ["jobs", [{"job": 1}]]


def test_a_batch_can_be_dispatched_and_its_result_read(mf: Miniflare) -> None:
    result = mf.dispatch_queue("jobs", [QueueMessage({"n": 1}, "m1"), QueueMessage("two", "m2")])
    assert result["outcome"] == "ok"
    assert result["explicitAcks"] == ["m1"]
    assert [message["msgId"] for message in result["retryMessages"]] == ["m2"]
    assert mf.fetch("/queued").json() == ["jobs", [{"n": 1}, "two"]]


def test_scheduled_runs_with_its_cron_and_time(mf: Miniflare) -> None:
    time = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    assert mf.scheduled(cron="* * * * *", time=time) == "ok"
    assert json.loads(mf.kv("KV").get("scheduled") or "") == ["* * * * *", time.timestamp() * 1000]
    assert mf.scheduled(cron="fail") == "exception"
    mf.logs.wait_for("no time")


def test_an_email_reaches_its_handler(mf: Miniflare) -> None:
    raw = "From: a@example.com\r\nTo: b@example.com\r\nMessage-ID: <1@example.com>\r\n\r\nbody"
    taken = mf.dispatch_email(raw, sender="a@example.com", to="b@example.com")
    assert taken.status_code == 200
    assert mf.kv("KV").get("email") == f"a@example.com b@example.com {len(raw)}"
    refused = mf.dispatch_email(raw, sender="spam@example.com", to="b@example.com")
    assert refused.status_code == 400
    assert "no spam" in refused.text


def test_an_object_is_inspected_and_evicted(mf: Miniflare) -> None:
    assert mf.fetch("/counter").json() == {"inMemory": 1, "stored": 1}
    assert mf.fetch("/counter").json() == {"inMemory": 2, "stored": 2}
    counters = mf.durable_objects("COUNTER")
    assert counters.ids() == [counters.id("one")]
    assert counters.sql("SELECT count(*) AS n FROM hits WHERE at = ?", 1, name="one") == [{"n": 2}]
    mf.evict_durable_object("COUNTER", name="one")
    assert mf.fetch("/counter").json() == {"inMemory": 1, "stored": 3}
    counters.evict(id=counters.id("one"), websockets="close")
    assert mf.fetch("/counter").json() == {"inMemory": 1, "stored": 4}
    with pytest.raises(TypeError, match="one of the two"):
        counters.evict()


def test_a_stored_secret_is_created_from_outside(mf: Miniflare) -> None:
    mf.secret("STORED").create("secret value")
    assert mf.fetch("/secret").text == "secret value"


def test_console_output_comes_with_levels_and_line_breaks(mf: Miniflare) -> None:
    mf.logs.clear()
    mf.fetch("/log")
    mf.logs.wait_for("a error\nof two lines")
    assert [line.level for line in mf.logs] == ["debug", "log", "info", "warn", "error"]
    assert "a warn\nof two lines" in mf.logs.text
    with pytest.raises(TimeoutError, match="a debug"):
        mf.logs.wait_for("never", timeout=0.01)


def test_an_uncaught_error_is_a_500_and_is_logged(mf: Miniflare) -> None:
    assert mf.fetch("/throw").status_code == 500
    assert mf.logs.wait_for("the worker threw").level == "error"


def test_mocks_answer_what_the_worker_asks_outside(mf: Miniflare) -> None:
    plain = mf.fetch("/outbound?url=https://plain.example/")
    assert (plain.status_code, plain.text, plain.headers["x-mock"]) == (203, "plain", "tuple")
    called = mf.fetch("/outbound?url=https://call.example/x", method="POST", body="data")
    assert (called.text, called.headers["x-mock"]) == ("POST data", "python")
    assert mf.fetch("/outbound?url=https://slow.example/").text == "late"
    raised = mf.fetch("/outbound?url=https://call.example/raise")
    assert raised.status_code == 500
    assert "ValueError: not this one" in raised.text
    assert mf.fetch("/outbound-socket").text == "ping"


def test_an_outbound_request_without_a_mock_is_refused(mf: Miniflare) -> None:
    refused = mf.fetch("/outbound?url=https://elsewhere.example/")
    assert refused.status_code == 502
    mf.logs.wait_for("outbound request without a mock: GET https://elsewhere.example/")


def test_a_service_binding_is_answered_by_a_function(mf: Miniflare) -> None:
    assert mf.fetch("/service").text == f"remote {mf.url}service"


def test_a_missing_binding_is_a_lookup_error(mf: Miniflare) -> None:
    with pytest.raises(MissingBinding, match="NOPE"):
        mf.kv("NOPE").get("key")
    with pytest.raises(LookupError):
        mf.durable_objects("NOPE").sql("SELECT 1", name="one")


def test_options_change_while_it_runs() -> None:
    with Miniflare(BUILD, OPTIONS) as running:
        running.kv("KV").put("kept", "1")
        running.set_options(bindings={"GREETING": "changed"})
        assert running.fetch("/vars").json() == {"GREETING": "changed"}
        assert running.kv("KV").get("kept") == "1"


def test_a_rebuilt_worker_is_loaded_again(tmp_path: Path) -> None:
    worker = tmp_path / "index.js"
    worker.write_text("export default { fetch: () => new Response('first') }")
    with Miniflare(tmp_path) as running:
        assert running.fetch().text == "first"
        worker.write_text("export default { fetch: () => new Response('second') }")
        running.reload()
        assert running.fetch().text == "second"


def test_a_worker_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text("throw new RangeError('at the top'); export default {}")
    with pytest.raises(StartError, match="at the top"), Miniflare(tmp_path):
        pass


def test_a_wrong_option_says_which(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="kvNamespaces"), Miniflare(BUILD, {"kvNamespaces": 5}):
        pass


def test_no_build_and_a_closed_miniflare_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="run `worker-build` first"):
        Miniflare(tmp_path)
    closed = Miniflare(BUILD)
    with pytest.raises(Gone, match="does not run"):
        closed.fetch()


WRANGLER = """
name = "tiny"
main = "build/index.js"
compatibility_date = "2026-04-01"
vars = { GREETING = "from the file" }
kv_namespaces = [{ binding = "KV", id = "KV" }]

[env.staging]
vars = { GREETING = "from staging" }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "wrangler.toml").write_text(WRANGLER)
    (tmp_path / ".dev.vars").write_text("SECRET=from .dev.vars\n")
    (tmp_path / "build").symlink_to(BUILD)
    return tmp_path


def test_a_project_starts_with_what_its_wrangler_file_says(project: Path) -> None:
    with Miniflare.from_project(project) as running:
        expected = {"GREETING": "from the file", "SECRET": "from .dev.vars"}
        assert running.fetch("/vars").json() == expected
        running.kv("KV").put("k", "v")
    with Miniflare.from_project(project, "staging", kvNamespaces=["OTHER"]) as running:
        assert running.fetch("/vars").json()["GREETING"] == "from staging"
        running.kv("OTHER").put("k", "v")


def test_wranglers_readers_tell_what_a_file_says(project: Path) -> None:
    read = config.read(project)
    assert read.config["name"] == "tiny"
    assert read.main == project / "build" / "index.js"
    assert read.vars["SECRET"] == {"type": "secret_text", "value": "from .dev.vars"}
    assert read.vars["GREETING"] == {"type": "plain_text", "value": "from the file"}
    with pytest.raises(ConfigError, match=r'No environment found .* "stagin"'):
        config.read(project, "stagin")
    (project / "wrangler.toml").write_text('name = "tiny"\n')
    with pytest.raises(ConfigError, match='"staging": the file has none'):
        config.read(project, "staging")
    (project / "wrangler.toml").write_text("name = 5\n")
    with pytest.raises(ConfigError, match="name"):
        config.read(project)
    with pytest.raises(ConfigError, match="name"), Miniflare.from_project(project):
        pass
    (project / "wrangler.toml").unlink()
    with pytest.raises(FileNotFoundError, match="no wrangler file"):
        config.read(project)


HOLDER = """
import sys, time
from worker_build.miniflare import Miniflare
with Miniflare(sys.argv[1]) as mf:
    print(mf._helper._process.pid, flush=True)
    time.sleep(60)
"""


def test_a_killed_python_leaves_no_workerd_behind(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text("export default { fetch: () => new Response() }")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        helper = int(holder.stdout.readline())
        children = Path(f"/proc/{helper}/task/{helper}/children").read_text().split()
        assert children
        holder.kill()
    for _ in range(100):
        if not any(Path(f"/proc/{pid}/exe").exists() for pid in [helper, *children]):
            break
        time.sleep(0.1)
    else:
        os.kill(helper, signal.SIGKILL)
        pytest.fail("the helper outlived its Python")
