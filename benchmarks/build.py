"""How long a build takes: from scratch, with the source changed, with nothing changed.

From scratch is with an empty cache of worker-build, but with the toolchain installed and whatever
uv keeps of the packages: what is measured is our work, not a download. A rebuild is compared with
the build from scratch of its round.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from worker_build import pipeline, toolchain

from benchmarks.measure import OURS, Measure, Options
from benchmarks.workerd import PROJECTS

NAMES = {"hello": "hello world", "pydantic": "with pydantic"}
SCRATCH, CHANGED, SAME = "from scratch", "source changed", "nothing changed"


def run(options: Options) -> list[Measure]:
    """Build copies of the projects in a cache of their own."""
    toolchain.install()
    measures: list[Measure] = []
    for project, told in NAMES.items():
        seconds: dict[str, list[float]] = {SCRATCH: [], CHANGED: [], SAME: []}
        for _ in range(options.rounds):
            for how, took in _round(project).items():
                seconds[how].append(took)
        for how, samples in seconds.items():
            peers = {} if how == SCRATCH else {SCRATCH: seconds[SCRATCH]}
            measures.append(Measure(f"build, {told}, {how}", "s", {OURS: samples, **peers}))
    return measures


def _round(project: str) -> dict[str, float]:
    installed = toolchain.folder()
    before = os.environ.get(toolchain.CACHE_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="benchmark-build-") as name:
        cache, source = Path(name) / "cache", _copy(project, Path(name))
        (cache / "toolchain").mkdir(parents=True)
        (cache / "toolchain" / installed.name).symlink_to(installed)
        os.environ[toolchain.CACHE_VARIABLE] = str(cache)
        try:
            took = {SCRATCH: _build(source)}
            main = source / "src/main.py"
            main.write_text(main.read_text("utf-8") + "\nCHANGED = True\n", "utf-8")
            took[CHANGED] = _build(source)
            took[SAME] = _build(source)
        finally:
            if before is None:
                del os.environ[toolchain.CACHE_VARIABLE]
            else:
                os.environ[toolchain.CACHE_VARIABLE] = before
    return took


def _copy(project: str, folder: Path) -> Path:
    """A copy that can be changed; its paths to our packages are absolute."""
    target = folder / project
    shutil.copytree(PROJECTS / project, target, ignore=shutil.ignore_patterns("build"))
    file = target / "pyproject.toml"
    packages = (PROJECTS.parents[1] / "packages").as_posix()
    file.write_text(file.read_text("utf-8").replace("../../../packages", packages), "utf-8")
    return target


def _build(project: Path) -> float:
    begun = time.perf_counter()
    pipeline.build(project)
    return time.perf_counter() - begun
