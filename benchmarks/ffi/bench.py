"""What crossing the border costs: the gate beside `pyodide.ffi`, in the same run, in real Pyodide
under Node.

    uv run python benchmarks/ffi/bench.py [--json] [--check]

Each number is the best of many rounds, in microseconds for one conversion. Both make the same
values: plain objects and arrays of them one way (`pyodide.ffi.to_js` with
`dict_converter=Object.fromEntries`, its own way to plain objects), dicts and lists the other way;
that they agree is checked before a clock is started. `--check` fails when a ratio is below what
`WANTED` asks for.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from support.ring2 import Pyodide

MEASURED = (Path(__file__).parent / "measured.py").read_text("utf-8")
WANTED = {"bytes": 1.0, "headers": 1.0, "dict": 2.0, "rows": 2.0}
# The clocks of a shared machine differ by this much from round to round.
NOISE = 0.9


def main() -> int:
    """Measure, print, and compare with what is wanted."""
    with Pyodide() as pyodide:
        results: dict[str, dict[str, Any]] = pyodide.run(MEASURED)
    if "--json" in sys.argv:
        print(json.dumps(results, indent=2))
    else:
        print(f"{'':22}{'ours':>10}{'pyodide':>10}{'ratio':>8}   microseconds, the best round")
        for name, measured in results.items():
            ratio = measured["pyodide"] / measured["ours"]
            print(f"{name:22}{measured['ours']:10.2f}{measured['pyodide']:10.2f}{ratio:7.1f}x")
    slow = [
        name
        for name, measured in results.items()
        if measured["pyodide"] / measured["ours"] < WANTED[name.split()[0]] * NOISE
    ]
    if slow and "--check" in sys.argv:
        print(f"slower than wanted: {', '.join(slow)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
