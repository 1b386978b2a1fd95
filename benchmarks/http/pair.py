"""A group of cases that are ours against plain JavaScript's alone, each a worker of its own."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from worker_build import toolchain

from benchmarks import workerd
from benchmarks.http import served
from benchmarks.http.served import Case
from benchmarks.measure import OURS, Measure, Options


def run(
    group: str, project: str, script: Path, cases: Mapping[str, Case], options: Options
) -> list[Measure]:
    """Build `project`, serve it beside `script`, and ask both every case."""
    tools = toolchain.install()
    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        workers = {
            OURS: workerd.bundle(workerd.project(project, folder / "ours")),
            "js": {script.name: script},
        }
        sides = {
            side: closing.enter_context(workerd.serving(tools, worker))
            for side, worker in workers.items()
        }
        return [
            measure
            for name, case in cases.items()
            for measure in served.measures(tools, f"{group}, {name}", case, sides, options)
        ]
