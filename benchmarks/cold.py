"""Cold starts: workerd from its spawn to the first whole response, beside a one-line JS worker.

Time, CPU of all threads, and the peak of the memory held, of the whole process. A start begins with
the files in the page cache: one start of each side is thrown away.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from worker_build import toolchain
from worker_build.toolchain import Toolchain

from benchmarks import peers, workerd
from benchmarks.measure import OURS, Goal, Measure, Options
from benchmarks.workerd import Start

ONE_LINE = "export default { fetch() { return new Response('Hello from JavaScript!'); } };\n"
NAMES = {
    "hello": "hello world",
    "pydantic": "pydantic imported",
    "fastapi": "FastAPI imported",
}
MEASURES = {"milliseconds": "ms", "cpu_milliseconds": "ms CPU", "peak_mib": "MiB"}
HELLO, LOADER = "our hello world", peers.LOAD_PYODIDE
LOADER_TRIES = 5
"""The platform takes one of its starts in some eight for hung, and ends it."""
GOALS: dict[tuple[str, str], dict[str, Goal]] = {
    ("hello", "milliseconds"): {"js": Goal(9, 5)},
    ("hello", "cpu_milliseconds"): {OURS: Goal(250, 150)},
    ("hello", "peak_mib"): {"js": Goal(3)},
    ("pydantic", "milliseconds"): {HELLO: Goal(1.3)},
    ("pydantic", "cpu_milliseconds"): {HELLO: Goal(1.3)},
    ("fastapi", "milliseconds"): {HELLO: Goal(1.3)},
    ("fastapi", "cpu_milliseconds"): {HELLO: Goal(1.3)},
}
LEFT_OUT = {
    "native": "a Python Worker of the platform needs its Pyodide bundle, which is no npm package",
}


def run(options: Options) -> list[Measure]:
    """Start every worker in turn, round by round."""
    tools = toolchain.install()
    names = {"hello": NAMES["hello"]} if options.quick else NAMES
    with tempfile.TemporaryDirectory(prefix="benchmark-cold-") as name:
        folder = Path(name)
        (folder / "js").mkdir()
        (folder / "js/main.mjs").write_text(ONE_LINE, "utf-8")
        sides: dict[str, Mapping[str, Path]] = {
            project: workerd.bundle(workerd.project(project, folder / project)) for project in names
        }
        sides["js"] = workerd.modules(folder / "js", "main.mjs")
        sides[LOADER] = peers.load_pyodide(tools)
        starts, left_out = _starts(tools, sides, options)
    measures = [
        Measure(
            f"cold start, {told}",
            unit,
            _compared(starts, project, what),
            goals=GOALS.get((project, what), {}),
        )
        for project, told in names.items()
        for what, unit in MEASURES.items()
    ]
    measures[0].left_out.update(LEFT_OUT | left_out)
    return measures


def _starts(
    tools: Toolchain, sides: Mapping[str, Mapping[str, Path]], options: Options
) -> tuple[dict[str, list[Start]], dict[str, str]]:
    """All starts of every side, the first round thrown away."""
    starts: dict[str, list[Start]] = {side: [] for side in sides}
    left_out: dict[str, str] = {}
    for round_ in range(options.rounds + 1):
        for side in list(starts):
            try:
                found = _start(tools, sides[side], LOADER_TRIES if side == LOADER else 1)
            except RuntimeError as error:
                if side != LOADER:
                    raise
                left_out[side] = " ".join(str(error).split())[:200]
                del starts[side]
            else:
                starts[side] += [found] if round_ else []
    return starts, left_out


def _start(tools: Toolchain, worker: Mapping[str, Path], tries: int) -> Start:
    for _ in range(tries - 1):
        with contextlib.suppress(RuntimeError):
            return workerd.start(tools, worker)
    return workerd.start(tools, worker)


def _compared(starts: dict[str, list[Start]], project: str, what: str) -> dict[str, list[float]]:
    """Ours beside JavaScript, and what is heavier than hello world beside that too."""
    sides = {OURS: project, "js": "js"}
    if project == "hello" and LOADER in starts:
        sides[LOADER] = LOADER
    if project != "hello":
        sides[HELLO] = "hello"
    return {told: [getattr(one, what) for one in starts[side]] for told, side in sides.items()}
