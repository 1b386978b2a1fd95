"""JSON bodies: read from a request and written into a response, small ones and large ones."""

from __future__ import annotations

from benchmarks.http import pair
from benchmarks.http.bench import ORDER
from benchmarks.http.served import Case, posted
from benchmarks.measure import Measure, Options

ROWS = [
    {"id": n, "name": f"customer {n}", "city": "Paris", "amount": n + 0.25, "active": n % 2 == 0}
    for n in range(1000)
]
CASES = {
    "120 bytes in": Case("/in", *posted(ORDER)),
    "80 kB in": Case("/in", *posted(ROWS)),
    "120 bytes out": Case("/out"),
    "80 kB out": Case("/out/rows"),
}


def run(options: Options) -> list[Measure]:
    """Ask a worker whose only work is JSON, and the same one in JavaScript."""
    return pair.run("json", CASES, options)
