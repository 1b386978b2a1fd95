"""Requests per second through the whole API, in the plain workerd: ours and its peers.

Hello world is a worker of its own, without a router in front of it. The two rows of the figures to
reach that are about routers: 100 routes and JSON against JavaScript, 1,000 routes against our 10.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from worker_build import toolchain

from benchmarks import peers, workerd
from benchmarks.http import served
from benchmarks.http.served import Case, Served, at_least, posted
from benchmarks.measure import OURS, Goal, Measure, Options

ORDER = {"id": 4711, "paid": True, "items": [{"sku": "A-1", "price": 9.95}], "note": "a gift"}
FEW, MANY, OUR_FEW = "/10/resource9/12345", "/1000/resource999/12345", "our 10 routes"
CASES = {
    "hello world": Case("/", goals=at_least(0.75)),
    "100 routes and JSON": Case("/100/resource99/12345", goals=at_least(0.6)),
    "JSON echo": Case("/json", *posted(ORDER)),
    "20 headers": Case("/headers", headers={f"x-{n}": f"value {n}" for n in range(20)}),
    "1 MiB through": Case("/body", b"x" * 2**20),
    "10 routes": Case(FEW),
    "1,000 routes": Case(MANY),
}


def run(options: Options) -> list[Measure]:
    """Serve every side, and ask each in turn."""
    tools = toolchain.install()
    found: list[Measure] = []
    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-http-")))
        workers = {
            OURS: workerd.bundle(workerd.project("http", folder / "ours")),
            "js": workerd.javascript("http"),
        }
        makers = {
            peers.HONO: lambda: peers.hono(tools, folder),
            peers.SDK: lambda: peers.sdk(folder),
        }
        others, left_out = peers.tried(makers)
        sides: dict[str, Served] = {
            side: closing.enter_context(workerd.serving(tools, worker))
            for side, worker in {**workers, **others}.items()
        }
        hello = workerd.bundle(workerd.project("hello", folder / "hello"))
        alone = closing.enter_context(workerd.serving(tools, hello))
        for name, case in CASES.items():
            these = sides | ({OURS: alone} if name == "hello world" else {})
            found += served.measures(tools, f"http, {name}", case, these, options)
        found.append(_flat(tools, sides[OURS], options))
    found[0].left_out.update(left_out)
    return found


def _flat(tools: toolchain.Toolchain, ours: Served, options: Options) -> Measure:
    """1,000 routes against 10, of the same worker."""
    rates: dict[str, list[float]] = {OURS: [], OUR_FEW: []}
    paths: Mapping[str, str] = {OURS: MANY, OUR_FEW: FEW}
    for _ in range(options.rounds):
        for side, path in paths.items():
            rates[side].append(served.load(tools, ours.port, Case(path), options.seconds)[0])
    goal = {OUR_FEW: Goal(0.9, at_least=True)}
    return Measure("http, 1,000 routes against 10", "requests/s", rates, goals=goal)
