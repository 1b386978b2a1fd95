"""The command line: run, print one table, keep the samples."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import BENCHMARKS
from benchmarks.measure import Measure, Options, document, table

RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that were named, all when none is."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        print("\n".join(BENCHMARKS))
        return 0
    unknown = sorted(set(asked.names) - set(BENCHMARKS))
    if unknown:
        print(
            f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr
        )
        return 2
    options = Options(rounds=asked.rounds, seconds=asked.seconds)
    now = datetime.now(UTC)
    before = machine()
    found: dict[str, list[Measure]] = {}
    for name in asked.names or BENCHMARKS:
        print(f"{name} …", file=sys.stderr, flush=True)
        found[name] = importlib.import_module(BENCHMARKS[name]).run(options)
    print(table([one for every in found.values() for one in every]))
    before |= {"at": now.isoformat(timespec="seconds"), "load_after": _load()}
    file = asked.json or RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document(found, before, versions()), indent=1) + "\n", "utf-8")
    print(f"samples: {os.path.relpath(file)}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure against peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(BENCHMARKS))
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--json", type=Path, metavar="FILE", help="default: benchmarks/results/")
    parser.add_argument("--rounds", type=_positive, default=Options.rounds)
    parser.add_argument("--seconds", type=float, default=Options.seconds, help="of one http sample")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def machine() -> dict[str, Any]:
    """What it was measured on; the load says how quiet it was."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": _load(),
    }


def _load() -> list[float]:
    return [round(value, 2) for value in os.getloadavg()]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def versions() -> dict[str, str]:
    """Of everything that was measured or measured with."""
    from importlib import metadata

    from worker_build import toolchain

    return {
        "python": platform.python_version(),
        "worker": metadata.version("worker"),
        **toolchain.pinned_versions(),
    }


if __name__ == "__main__":
    sys.exit(main())
