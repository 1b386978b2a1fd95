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


def run(project: str, cases: Mapping[str, Case], options: Options) -> list[Measure]:
    """Build a project, serve it beside the JavaScript of its name, and ask both every case."""
    tools = toolchain.install()
    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        workers = {
            OURS: workerd.bundle(workerd.project(project, folder / "ours")),
            "js": workerd.javascript(project),
        }
        sides = {
            side: closing.enter_context(workerd.serving(tools, worker))
            for side, worker in workers.items()
        }
        return [
            measure
            for name, case in cases.items()
            for measure in served.measures(tools, f"{project}, {name}", case, sides, options)
        ]
