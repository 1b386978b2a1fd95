"""How long a build takes: from scratch, with the source changed, with nothing changed.

What a user waits for: the command, from its start to its end, and the CPU of all that it ran. From
scratch is with an empty cache of worker-build, but with the toolchain installed and whatever uv
keeps of the packages: what is measured is our work, not a download. A rebuild is compared with the
build from scratch of its round.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from worker_build import toolchain

from benchmarks.measure import OURS, Goal, Measure, Options
from benchmarks.workerd import PROJECTS

NAMES = {"hello": "hello world", "pydantic": "with pydantic"}
SCRATCH, CHANGED, SAME = "from scratch", "source changed", "nothing changed"
SECONDS = {SCRATCH: 15.0, CHANGED: 3.0, SAME: 1.0}


def run(options: Options) -> list[Measure]:
    """Build copies of the projects in a cache of their own."""
    toolchain.install()
    names = {"hello": NAMES["hello"]} if options.quick else NAMES
    return [
        measure
        for project, told in names.items()
        for measure in _measures(told, [_round(project) for _ in range(options.rounds)])
    ]


def _measures(told: str, rounds: list[dict[str, tuple[float, float]]]) -> list[Measure]:
    found: list[Measure] = []
    for number, unit in enumerate(("s", "s CPU")):
        for how, goal in SECONDS.items():
            samples = {OURS: [one[how][number] for one in rounds]}
            if how != SCRATCH:
                samples[SCRATCH] = [one[SCRATCH][number] for one in rounds]
            goals = {OURS: Goal(goal)} if unit == "s" else {}
            found.append(Measure(f"build, {told}, {how}", unit, samples, goals=goals))
    return found


def _round(project: str) -> dict[str, tuple[float, float]]:
    """Seconds, and seconds of CPU, of each kind of build."""
    installed = toolchain.folder()
    with tempfile.TemporaryDirectory(prefix="benchmark-build-") as name:
        cache, source = Path(name) / "cache", _copy(project, Path(name))
        (cache / "toolchain").mkdir(parents=True)
        (cache / "toolchain" / installed.name).symlink_to(installed)
        took = {SCRATCH: _build(source, cache)}
        main = source / "src/main.py"
        main.write_text(main.read_text("utf-8") + "\nCHANGED = True\n", "utf-8")
        took[CHANGED] = _build(source, cache)
        took[SAME] = _build(source, cache)
    return took


def _copy(project: str, folder: Path) -> Path:
    """A copy that can be changed; its paths to our packages are absolute."""
    target = folder / project
    shutil.copytree(PROJECTS / project, target, ignore=shutil.ignore_patterns("build"))
    file = target / "pyproject.toml"
    packages = (PROJECTS.parents[1] / "packages").as_posix()
    file.write_text(file.read_text("utf-8").replace("../../../packages", packages), "utf-8")
    return target


def _build(project: Path, cache: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "worker_build", "build", project]
    environment = {**os.environ, toolchain.CACHE_VARIABLE: str(cache)}
    used, begun = _used(), time.perf_counter()
    done = subprocess.run(command, env=environment, check=False, capture_output=True)
    took = time.perf_counter() - begun, _used() - used
    if done.returncode:
        raise RuntimeError(f"the build failed:\n{done.stderr.decode('utf-8', 'replace')}")
    return took


def _used() -> float:
    """Seconds of CPU of all children that have ended, and of theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
