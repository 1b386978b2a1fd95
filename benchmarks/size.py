"""What a bundle weighs: all modules, as they are and under gzip. One build says it: it is exact."""

from __future__ import annotations

import tempfile
from pathlib import Path

from worker_build.errors import BuildError

from benchmarks import workerd
from benchmarks.measure import OURS, Goal, Measure, Options

NAMES = {
    "hello": "hello world",
    "stripped": "hello world with strip-stdlib",
    "pydantic": "with pydantic",
    "fastapi": "with FastAPI",
}
GOALS = {
    "hello": (Goal(19), Goal(8.5)),
    "stripped": (Goal(16, 15), Goal(6.5, 6)),
    "pydantic": (Goal(31, 25), Goal(11.5, 9)),
}
"""MB, raw and under gzip."""
HELLO = "our hello world"


def run(options: Options) -> list[Measure]:
    """Build and weigh; what is not hello world is compared with it."""
    names = {"hello": NAMES["hello"]} if options.quick else NAMES
    found: list[Measure] = []
    hello = [0.0, 0.0]
    for project, told in names.items():
        try:
            sizes = _weigh(project)
        except BuildError as error:
            reason = {OURS: f"it could not be built: {error.what}"}
            found.append(Measure(f"bundle, {told}", "MB", {}, reason))
            continue
        if project == "hello":
            hello = sizes
        for number, how in enumerate(("raw", "gzip")):
            peer = {} if project == "hello" else {HELLO: [hello[number]]}
            goals = {OURS: GOALS[project][number]} if project in GOALS else {}
            samples = {OURS: [sizes[number]], **peer}
            found.append(Measure(f"bundle, {told}, {how}", "MB", samples, goals=goals))
    return found


def _weigh(project: str) -> list[float]:
    """MB, raw and under gzip."""
    with tempfile.TemporaryDirectory(prefix="benchmark-size-") as name:
        report = workerd.project(project, Path(name) / project)
    return [report.size / 1e6, report.compressed / 1e6]
