"""Bodies as streams: chunk by chunk through Python, and passed through untouched."""

from __future__ import annotations

from benchmarks.http import pair
from benchmarks.http.served import Case
from benchmarks.measure import Measure, Options

MIB = b"x" * 2**20
CASES = {
    "1 MiB passed through": Case("/through", MIB),
    "1 MiB read by chunks": Case("/read", MIB),
    "1 MiB written in 64 chunks": Case("/write"),
    "1 MiB read and written by chunks": Case("/both", MIB),
}


def run(options: Options) -> list[Measure]:
    """Ask a worker that streams, and the same one in JavaScript."""
    return pair.run("streams", CASES, options)
