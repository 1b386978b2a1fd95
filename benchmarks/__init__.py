"""What the project costs, measured against its peers as ratios within one run on one machine.

    python -m benchmarks [NAME…] [--rounds N] [--json FILE]

Every benchmark is a module with a function `run(options) -> list[Measure]`; see `measure.py`. The
rounds of all sides take turns, so that a busy machine slows each of them alike.
"""

BENCHMARKS = {
    "ffi": "benchmarks.ffi.bench",
    "router": "benchmarks.router.bench",
    "size": "benchmarks.size",
    "cold": "benchmarks.cold",
    "http": "benchmarks.http.bench",
    "build": "benchmarks.build",
}
"""Module of each benchmark, by name, in the order in which they run."""
