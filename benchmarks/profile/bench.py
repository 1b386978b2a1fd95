"""Where the time of a cold start goes, step by step, of hello world and of a FastAPI application.

What is loaded before any JavaScript runs is told apart by variants of the real bundle: a worker of
one line, then the same with one more of the bundle's modules each time; a step is how much later
the first line of JavaScript came than in the variant before, in the same round. What runs then is
told by marks in the whole bundle: lines of the console, timed from outside (see `watch.py`), before
and after each wasm instance and `finalizeBootstrap`. So the steps of a round add up to the time of
one start, `all of it`; what two variants differ in by chance is in the steps with a plus sign.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from worker_build import toolchain
from worker_build.toolchain import Toolchain

from benchmarks import workerd
from benchmarks.measure import OURS, Measure, Options
from benchmarks.profile import variants
from benchmarks.profile.variants import IMAGE, MAIN
from benchmarks.profile.watch import Mark, Watcher

UNITS = {"milliseconds": "ms", "cpu_milliseconds": "ms CPU"}
NAMES = {"hello": "profile", "fastapi": "profile with FastAPI"}
LINE, WITH_MAIN, WITH_IMAGE, WITH_WASM, WHOLE = "line", "main", "image", "wasm", "whole"
LOADED = {
    "workerd with a one-line worker": LINE,
    "+ main wasm": WITH_MAIN,
    "+ image": WITH_IMAGE,
    "+ files, extensions, small wasm modules": WITH_WASM,
    "+ JavaScript": WHOLE,
}
RUN = {
    "glue's factory, up to instantiation": (("loaded", 0), (f"{MAIN} begins", 0)),
    "instantiation": ((f"{MAIN} begins", 0), (f"{MAIN} ends", 0)),
    "image, before the constructors": ((f"{MAIN} ends", 0), (f"{IMAGE} ends", 0)),
    "constructors, relocations, extensions": ((f"{IMAGE} ends", 0), (f"{IMAGE} begins", -1)),
    "image": ((f"{IMAGE} begins", -1), (f"{IMAGE} ends", -1)),
    "attaching": ((f"{IMAGE} ends", -1), ("bootstrap begins", 0)),
    "finalizeBootstrap": (("bootstrap begins", 0), ("bootstrap ends", 0)),
    "the door to Python": (("bootstrap ends", 0), ("started", 0)),
    "until the first request": (("started", 0), ("asked", 0)),
    "first request": (("asked", 0), ("answered", 0)),
}
"""The steps from a mark to another; a name may stand for several, told apart by their place."""
ONE_IMAGE = {
    "constructors, relocations, extensions": ((f"{MAIN} ends", 0), (f"{IMAGE} begins", 0)),
}
"""When the image is instantiated once alone, it is after the constructors."""


@dataclass(frozen=True, slots=True)
class Round:
    """The marks of one start of each variant."""

    marks: Mapping[str, list[Mark]]

    def at(self, variant: str, name: str, place: int, what: str) -> float:
        """When a variant came to a mark."""
        found = [mark for mark in self.marks[variant] if mark.name == name]
        return getattr(found[place], what)

    def steps(self, what: str) -> dict[str, float]:
        """What each step took."""
        took: dict[str, float] = {}
        before = 0.0
        for step, variant in LOADED.items():
            loaded = self.at(variant, "loaded", 0, what)
            took[step] = loaded - before
            before = loaded
        for step, (begin, end) in self._run().items():
            took[step] = self.at(WHOLE, *end, what) - self.at(WHOLE, *begin, what)
        return took | {"all of it": self.at(WHOLE, "answered", 0, what)}

    def _run(self) -> dict[str, tuple[tuple[str, int], tuple[str, int]]]:
        images = sum(mark.name == f"{IMAGE} ends" for mark in self.marks[WHOLE])
        if images > 1:
            return RUN
        steps = {step: marks for step, marks in RUN.items() if "before the" not in step}
        return steps | ONE_IMAGE


def run(options: Options) -> list[Measure]:
    """Profile every project."""
    names = {"hello": NAMES["hello"]} if options.quick else NAMES
    return [
        measure for project, told in names.items() for measure in _profile(project, told, options)
    ]


def _profile(project: str, told: str, options: Options) -> list[Measure]:
    """Start every variant in turn, round by round; the first round is thrown away."""
    tools = toolchain.install()
    with tempfile.TemporaryDirectory(prefix="benchmark-profile-") as name:
        workers = _variants(project, Path(name))
        rounds = [
            Round({variant: _started(tools, worker) for variant, worker in workers.items()})
            for _ in range(options.rounds + 1)
        ][1:]
    return [
        Measure(f"{told}, {step}", unit, {OURS: [one.steps(what)[step] for one in rounds]})
        for what, unit in UNITS.items()
        for step in rounds[0].steps(what)
    ]


def _variants(project: str, folder: Path) -> dict[str, dict[str, Path]]:
    bundle = workerd.project(project, folder / "built").out_dir / "worker"
    wasm = [path.name for path in sorted(bundle.glob("*.wasm"))]
    loaded = {LINE: [], WITH_MAIN: [MAIN], WITH_IMAGE: [MAIN, IMAGE], WITH_WASM: wasm}
    return {
        **{name: variants.loading(bundle, folder / name, some) for name, some in loaded.items()},
        WHOLE: variants.whole(bundle, folder / WHOLE),
    }


def _started(tools: Toolchain, worker: Mapping[str, Path]) -> list[Mark]:
    watcher = Watcher()
    found = workerd.start(tools, worker, watcher)
    answered = Mark("answered", found.milliseconds, found.cpu_milliseconds)
    return [*watcher.marks(), answered]
