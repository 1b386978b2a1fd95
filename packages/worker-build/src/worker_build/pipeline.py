"""The build, in the order in which it happens: six steps, each a function from a value to a value.

    project ──▶ resolve ──▶ stage ──▶ snapshot ──▶ link ──▶ report

Read this file first; each step has a module of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from worker_build import images as _images
from worker_build import interpreter as _interpreter
from worker_build import link as _link
from worker_build import project as _project
from worker_build import report as _report
from worker_build import resolve as _resolve
from worker_build import snapshot as _snapshot
from worker_build import stage as _stage
from worker_build import startup as _startup
from worker_build import toolchain as _toolchain
from worker_build.clocks import Clock
from worker_build.config import Config, Release
from worker_build.report import Report

__all__ = ["STEPS", "Progress", "build"]

T = TypeVar("T")

STEPS = ("project", "resolve", "stage", "snapshot", "link", "report")

Progress = Callable[[str, str], None]
"""Told about the build as it goes: the name of the step, and one line about what it does."""


@dataclass(slots=True)
class _Clock:
    """Times the steps and tells whoever watches."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def step(self, name: str, what: str, run: Callable[[], T]) -> T:
        self.progress(name, what)
        begun = time.perf_counter()
        try:
            return run()
        finally:
            passed = time.perf_counter() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + passed


def build(
    path: Path,
    *,
    release: bool = True,
    env: str | None = None,
    out_dir: Path | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Build the project at `path` into a bundle.

    Args:
        path: the project's folder.
        release: leave out what only helps to debug, such as the columns of tracebacks.
        env: the environment of the wrangler file that is built for.
        out_dir: where the bundle goes; by default what the project says, `build` in its folder.
        strict: whether a start that is clearly over the platform's limit is an error.
        progress: told the name of each step and what it does.

    Raises:
        BuildError: the project cannot be built; the old bundle, if any, is as it was.
    """
    clock = _Clock(progress or (lambda _step, _what: None))
    project = clock.step("project", "reading the project", lambda: _project.load(path, env=env))
    where = (out_dir or project.out_dir).absolute()
    project.check_out_dir(where)
    tools = clock.step(
        "toolchain",
        "looking for the toolchain",
        lambda: _toolchain.install(lambda line: clock.progress("toolchain", line)),
    )
    resolution = clock.step(
        "resolve",
        "resolving dependencies",
        lambda: _resolve.resolve(project, lambda line: clock.progress("resolve", line)),
    )
    stage = clock.step("stage", "staging files", lambda: _stage.stage(project, resolution))
    start, snapshot = clock.step(
        "snapshot",
        f"importing {stage.entry} in workerd",
        lambda: _image(tools, stage, project.config, release=release),
    )
    versions = {
        **{package.name: package.version for package in resolution.packages},
        **{name: tools.version(name) for name in ("pyodide", "workerd")},
    }
    bundle = clock.step("link", "linking the bundle", lambda: _link.link(start, snapshot, versions))
    report = clock.step(
        "report",
        "measuring",
        lambda: _measured(
            tools, bundle, snapshot.javascript, where, stage, start=release or strict
        ),
    )
    if report.startup and (warning := _startup.check(report.startup, strict=strict)):
        report = replace(report, warnings=(*report.warnings, warning))
    clock.step("report", "putting the bundle in place", lambda: _link.put(bundle, where))
    notes = {package.name: package.note for package in resolution.packages if package.note}
    return replace(report, seconds=clock.seconds, notes=notes)


def _image(
    tools: _toolchain.Toolchain, stage: _stage.Stage, config: Config, *, release: bool
) -> tuple[_interpreter.Interpreter, _images.Snapshot]:
    start = _interpreter.gather(tools, stage, Release.of(config, release=release))
    snapshot = _snapshot.take(
        tools,
        start,
        entry=stage.entry,
        preload=config.preload,
        allow_entropy=config.allow_entropy,
        clock=Clock(reset=config.reset_clock, allowed=config.allow_clock),
    )
    return start, snapshot


def _measured(
    tools: _toolchain.Toolchain,
    bundle: _link.Bundle,
    javascript: Sequence[str],
    where: Path,
    stage: _stage.Stage,
    *,
    start: bool,
) -> Report:
    """Measure the bundle's files and, beside it, its start."""
    modules = {path.removeprefix("worker/"): content for path, content in bundle.worker.items()}
    with ThreadPoolExecutor(1) as beside:
        starting = beside.submit(_startup.measure, tools, modules, javascript) if start else None
        report = _report.measure(bundle, where, _sizes(stage))
        return replace(report, startup=starting.result()) if starting else report


def _sizes(stage: _stage.Stage) -> Mapping[str, int]:
    """Bytes of each package's files; the app is `(app)`."""
    sizes: Counter[str] = Counter()
    for file in (*stage.files, *stage.extensions):
        sizes[file.package or "(app)"] += file.size
    return sizes
