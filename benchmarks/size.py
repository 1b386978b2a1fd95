"""What a bundle weighs: all modules, as they are and under gzip. One build says it: it is exact."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import workerd
from benchmarks.measure import OURS, Measure, Options

NAMES = {"hello": "hello world", "pydantic": "with pydantic", "fastapi": "with FastAPI"}


def run(options: Options) -> list[Measure]:
    """Build and weigh; what is heavier than hello world is compared with it."""
    measures: list[Measure] = []
    hello: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-size-") as name:
        for project, told in NAMES.items():
            report = workerd.project(project, Path(name) / project)
            sizes = {"raw": report.size, "gzip": report.compressed}
            if project == "hello":
                hello = sizes
            for how, size in sizes.items():
                samples = {OURS: [size / 1e6]}
                if project != "hello":
                    samples["our hello world"] = [hello[how] / 1e6]
                measures.append(Measure(f"bundle, {told}, {how}", "MB", samples))
    return measures
