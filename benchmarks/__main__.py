"""The command line: run, print one table, keep the samples."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import BENCHMARKS
from benchmarks.measure import Measure, Options, document, table

RESULTS = Path(__file__).parent / "results"
QUICK = Options(rounds=1, seconds=0.1, quick=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that were named, all when none is.

    One that fails does not take the others along, nor does Ctrl-C: what was measured is kept.
    """
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
    now = datetime.now(UTC)
    file = asked.json or RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=file.parent).close()  # before the work, not after it
    except OSError as error:
        print(f"{file.parent} cannot be written: {error.strerror}; see --json", file=sys.stderr)
        return 2
    before = machine()
    code, found = _run(asked.names or list(BENCHMARKS), _options(asked))
    if not found:
        return code
    print(table([one for every in found.values() for one in every]))
    before |= {"at": now.isoformat(timespec="seconds"), "load_after": _load()}
    file.write_text(json.dumps(document(found, before, versions()), indent=1) + "\n", "utf-8")
    print(f"samples: {os.path.relpath(file)}", file=sys.stderr)
    return code


def _run(names: list[str], options: Options) -> tuple[int, dict[str, list[Measure]]]:
    """The exit code, and what was measured until then."""
    code = 0
    found: dict[str, list[Measure]] = {}
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            found[name] = importlib.import_module(BENCHMARKS[name].module).run(options)
        except KeyboardInterrupt:
            print(f"{name}: interrupted", file=sys.stderr)
            return 130, found
        except Exception:  # noqa: BLE001  whatever it is, the others still run
            traceback.print_exc()
            print(f"{name}: failed", file=sys.stderr)
            code = 1
    return code, found


def _options(asked: argparse.Namespace) -> Options:
    usual = QUICK if asked.quick else Options()
    return replace(
        usual, rounds=asked.rounds or usual.rounds, seconds=asked.seconds or usual.seconds
    )


def _parser() -> argparse.ArgumentParser:
    groups = "\n".join(f"  {name:<10}{one.about}" for name, one in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        "python -m benchmarks",
        description="Measure against peers, as ratios within one run.",
        epilog=f"benchmarks:\n{groups}\n\nbenchmarks/README.md says how to read the table.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    usual = Options()
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all when none is named")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--quick", action="store_true", help="one short round: does it run at all?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="default: benchmarks/results/")
    parser.add_argument(
        "--rounds", type=_positive, metavar="N", help=f"samples of each side ({usual.rounds})"
    )
    parser.add_argument(
        "--seconds", type=_seconds, metavar="S", help=f"of one http sample ({usual.seconds:g})"
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 3600:
        raise argparse.ArgumentTypeError("more than 0")
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

    from benchmarks import peers

    return {
        "python": platform.python_version(),
        "worker": metadata.version("worker"),
        **toolchain.pinned_versions(),
        **peers.versions(),
    }


if __name__ == "__main__":
    sys.exit(main())
