"""One KV read and ten rows of D1, with Miniflare's own simulators behind both workers.

The requests go straight to the worker, past Miniflare's own entry worker. The simulators run in the
same workerd process, so their share is in the rate and in the CPU of both sides alike.
"""

from __future__ import annotations

import contextlib
import socket
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from worker_build import toolchain
from worker_build.miniflare import Miniflare

from benchmarks import peers, workerd
from benchmarks.http import served
from benchmarks.http.served import Case, at_least
from benchmarks.measure import OURS, Measure, Options

CASES = {
    "no binding": Case("/"),
    "one KV read": Case("/kv", goals=at_least(0.8)),
    "10 rows of D1": Case("/d1", goals=at_least(0.8)),
}


@dataclass(frozen=True, slots=True)
class Simulated:
    """A worker under Miniflare."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Seconds of CPU of its workerd, the simulators' included."""
        return workerd.cpu_of(self.pid)


def run(options: Options) -> list[Measure]:
    """Ask the same worker in Python and in JavaScript."""
    tools = toolchain.install()
    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        report = workerd.project("bindings", folder / "ours")
        others, left_out = peers.tried({peers.SDK: lambda: peers.sdk_folder(folder)})
        mains = {OURS: report.out_dir, "js": workerd.script("bindings"), **others}
        sides = {side: closing.enter_context(_simulated(main)) for side, main in mains.items()}
        found = [
            measure
            for name, case in CASES.items()
            for measure in served.measures(tools, f"bindings, {name}", case, sides, options)
        ]
    found[0].left_out.update(left_out)
    return found


@contextlib.contextmanager
def _simulated(main: Path) -> Generator[Simulated]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    options = {
        "kvNamespaces": ["KV"],
        "d1Databases": ["DB"],
        "unsafeDirectSockets": [{"host": "127.0.0.1", "port": port}],
    }
    with Miniflare(main, options) as miniflare:
        miniflare.kv("KV").put("greeting", "Hello, world!")
        database = miniflare.d1("DB")
        database.exec("CREATE TABLE customers (id INTEGER, name TEXT, city TEXT, amount REAL)")
        for number in range(100):
            row = (number, f"customer {number}", "Paris", number + 0.25)
            database.query("INSERT INTO customers VALUES (?, ?, ?, ?)", *row)
        yield Simulated(_workerd(miniflare), port)


def _workerd(miniflare: Miniflare) -> int:
    """The process that Miniflare's Node has started."""
    helper = miniflare._helper
    node = helper._process.pid if helper else 0
    for children in Path(f"/proc/{node}/task").glob("*/children"):
        for pid in children.read_text("utf-8").split():
            if Path(f"/proc/{pid}/comm").read_text("utf-8").strip() == "workerd":
                return int(pid)
    raise LookupError("Miniflare has no workerd")
