"""What the project costs, measured against its peers as ratios within one run on one machine.

    python -m benchmarks [NAME…] [--quick] [--rounds N] [--json FILE]

Every benchmark is a module with a function `run(options) -> list[Measure]`; see `measure.py`. The
rounds of all sides take turns, so that a busy machine slows each of them alike. `README.md` says
how to read what comes out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A group of measures that run together.

    Attributes:
        module: has `run`.
        about: one line for `--help`.
    """

    module: str
    about: str


BENCHMARKS = {
    "ffi": Benchmark("benchmarks.ffi.bench", "values across the border, beside pyodide.ffi"),
    "router": Benchmark("benchmarks.router.bench", "finding a route, beside Starlette"),
    "size": Benchmark("benchmarks.size", "what a bundle weighs, raw and under gzip"),
    "cold": Benchmark("benchmarks.cold", "spawn to first response: time, CPU, memory"),
    "profile": Benchmark("benchmarks.profile.bench", "where a cold start's time goes, by step"),
    "http": Benchmark("benchmarks.http.bench", "requests per second through the whole API"),
    "json": Benchmark("benchmarks.http.json", "JSON bodies in and out, small and large"),
    "streams": Benchmark("benchmarks.http.streams", "bodies chunk by chunk, and passed through"),
    "bindings": Benchmark("benchmarks.bindings.bench", "one KV read, ten rows of D1"),
    "build": Benchmark("benchmarks.build", "from scratch, source changed, nothing changed"),
}
"""By name, in the order in which they run."""
