"""The worker starts: at old and new dates, without bindings, with every autogate on."""

import shutil
import socketserver
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from worker_build.miniflare import Miniflare

pytestmark = pytest.mark.miniflare

OBJECTS = {"COUNTER": "Counter", "SQL_COUNTER": {"className": "SqlCounter", "useSQLite": True}}


@pytest.mark.parametrize("flags", [[], ["nodejs_compat"]], ids=["plain", "nodejs_compat"])
@pytest.mark.parametrize("date", ["2024-12-05", "2025-07-24", "2026-07-30"])
def test_it_answers_at_every_compatibility_date(worker_build: Path, date, flags):
    options: dict[str, Any] = {
        "compatibilityDate": date,
        "compatibilityFlags": flags,
        "durableObjects": OBJECTS,
        "bindings": {"SOME_SECRET": "secret!"},
    }
    with Miniflare(worker_build, options, outbound={}) as worker:
        assert worker.fetch("/bytes").content == bytes(range(1, 8))
        assert worker.fetch("/init-called").text == "true"
        assert "unstored_count: 1, secret value: secret!" in worker.fetch("/durable/x").text
        assert worker.fetch("/sql-counter/a").text == "SQL counter is now 1"
        assert worker.fetch("/test-panic").text.startswith("PanicError:")
        worker.fetch("/test-abort")
        assert "unstored_count: 1, secret value: secret!" in worker.fetch("/durable/x").text


class Echo(socketserver.BaseRequestHandler):
    """Sends back every chunk."""

    def handle(self) -> None:
        while chunk := self.request.recv(4096):
            self.request.sendall(chunk)


@pytest.fixture(scope="module")
def bare(worker_build: Path) -> Generator[Miniflare]:
    """The worker with no bindings at all, beside an echo server at the contract's port."""
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    options: dict[str, Any] = {
        "compatibilityDate": "2024-12-05",
        "outboundService": {"network": {"allow": ["local"]}},
    }
    with (
        socketserver.ThreadingTCPServer(("127.0.0.1", 8080), Echo) as server,
        Miniflare(worker_build, options) as worker,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield worker
        server.shutdown()


def test_a_socket_is_written_to_and_read_from(bare):
    response = bare.fetch("/socket/read")
    assert (response.status_code, response.text) == (200, "success")


def test_a_socket_that_nobody_answers_fails(bare):
    response = bare.fetch("/socket/failed")
    assert response.status_code == 200
    assert "SocketError" in response.text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/secret", "Binding `SOME_SECRET` is undefined."),
        ("/durable/hello", "Binding `MY_CLASS` is undefined."),
        ("/kv/get", "invalid kv store: TEST"),
        ("/analytics-engine", None),
    ],
)
def test_a_binding_is_missed_only_by_the_handler_that_needs_it(bare, path, text):
    response = bare.fetch(path)
    assert response.status_code == 500
    assert text is None or response.text == text
    assert bare.fetch("/bytes").status_code == 200


def test_the_cpu_signal_is_received_where_the_runtime_sends_it(worker_build, monkeypatch):
    monkeypatch.setenv("WORKERD_ALL_AUTOGATES", "1")
    with Miniflare(worker_build, outbound={}) as worker:
        assert worker.fetch("/signal/poll").text == "true:false"
        worker.fetch("/test-abort")
        assert worker.fetch("/signal/poll").text == "true:false"


def test_assets_that_are_not_bound_are_a_failure(bare):
    response = bare.fetch("/asset/test.txt")
    assert (response.status_code, response.text) == (
        500,
        "PanicError: Binding `ASSETS` is undefined.",
    )


TAP = """
const { Instance } = WebAssembly;
let memory;
WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    super(module, imports);
    if ('__instance_signal' in this.exports) memory = this.exports.memory;
  }
};
export const poke = value => { new Uint32Array(memory.buffer)[0] = value; };
"""

TAPPED = """
import { poke } from './tap.mjs';
import worker from './worker/shim.mjs';
export * from './worker/shim.mjs';
export default {
  ...worker,
  fetch(request, env, ctx) {
    const [, value] = /poke=(\\d+)/.exec(request.url) ?? [];
    if (value) poke(Number(value));
    return worker.fetch(request, env, ctx);
  },
};
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [(0xFFFF, "false:false"), (0, "true:false"), (24, "true:true"), (9, "true:false")],
)
def test_the_cpu_signal_is_what_the_runtime_writes_into_the_memory(
    worker_build, tmp_path, written, read
):
    """The memory is written to as the runtime does it, when CPU time runs out or has not yet."""
    shutil.copytree(worker_build / "worker", tmp_path / "worker")
    (tmp_path / "tap.mjs").write_text(TAP)
    (tmp_path / "index.mjs").write_text(TAPPED)
    with Miniflare(tmp_path / "index.mjs", outbound={}) as worker:
        assert worker.fetch(f"/signal/poll?poke={written}").text == read
        worker.fetch("/test-abort")
        assert worker.fetch("/signal/poll").text == read
