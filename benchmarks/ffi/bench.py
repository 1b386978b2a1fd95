"""What crossing the border costs: the gate beside `pyodide.ffi`, in real Pyodide under Node.

Both make the same values: plain objects and arrays of them one way (`pyodide.ffi.to_js` with
`dict_converter=Object.fromEntries`, its own way to plain objects), dicts and lists the other way;
that they agree is checked before a clock is started.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import OURS, Measure, Options

ROUNDS = 12
"""Short ones, for each that was asked for."""


def run(options: Options) -> list[Measure]:
    """One measure for each kind of value and direction."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
    from support.ring2 import Pyodide

    code = Path(__file__).with_name("measured.py").read_text("utf-8")
    with Pyodide() as pyodide:
        results = pyodide.run(code, asked=options.rounds * ROUNDS)
    return [
        Measure(f"ffi, {name}", "µs", {OURS: found["ours"], "pyodide.ffi": found["pyodide"]})
        for name, found in results.items()
    ]
