"""How much CPU a start of the finished bundle takes, against the platform's limit.

The platform ends a worker whose global scope runs for longer than a second of CPU. What we can see
from outside is the CPU of a whole workerd until that scope has run, of all its threads, less that
of a workerd with a one-line worker: rather more than what the platform counts, on this machine.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from worker_build import workerd
from worker_build.errors import BuildError
from worker_build.packages import store
from worker_build.toolchain import Toolchain

__all__ = ["LIMIT_SECONDS", "Startup", "check", "measure"]

LIMIT_SECONDS: Final = 1.0
"""The platform's limit for the CPU of a worker's start."""

_STARTS: Final = 3
_CLEARLY: Final = 1.5
"""Over the limit by so much, no difference between this machine and the platform's explains it."""

_ONE_LINE: Final = {"main.mjs": b"export default { fetch() { return new Response('hello'); } };\n"}


@dataclass(frozen=True, slots=True)
class Startup:
    """What starting the bundle costs.

    Attributes:
        samples: CPU seconds of each start, beyond those of a one-line JavaScript worker.
    """

    samples: tuple[float, ...]

    @property
    def cpu(self) -> float:
        """The median of the samples, in seconds."""
        return statistics.median(self.samples)


def measure(
    toolchain: Toolchain, files: Mapping[str, bytes], javascript: Sequence[str] = ()
) -> Startup | None:
    """Start a bundle three times, unless the cache knows what its starts cost.

    Args:
        toolchain: where workerd is.
        files: the modules of the bundle, by name.
        javascript: the platform's modules that it imports.

    Returns:
        None where the system does not tell the CPU time of a process.

    Raises:
        BuildError: WB305, the bundle does not start; WB304, the cache cannot be written.
    """
    least = _starts(toolchain, "main.mjs", _ONE_LINE)
    ours = _starts(toolchain, "shim.mjs", files, workerd.flags_for(javascript))
    if not least or not ours:
        return None
    return Startup(tuple(max(0.0, each - statistics.median(least)) for each in ours))


def check(startup: Startup, *, strict: bool) -> str | None:
    """Hold a start against the platform's limit.

    Args:
        startup: what was measured.
        strict: whether a start that is clearly over the limit stops the build.

    Returns:
        A warning, or None.

    Raises:
        BuildError: WB202, with `strict`: every start was clearly over the limit.
    """
    if startup.cpu <= LIMIT_SECONDS:
        return None
    what = (
        f"starting the worker takes {startup.cpu:.1f} s of CPU on this machine; the platform ends"
        f" a start after {LIMIT_SECONDS:g} s"
    )
    fix = "do less in the modules of JavaScript that start with it, or depend on less"
    if strict and min(startup.samples) > LIMIT_SECONDS * _CLEARLY:
        raise BuildError("WB202", what, fix=fix)
    return f"{what}: {fix}"


def _starts(
    toolchain: Toolchain, main: str, files: Mapping[str, bytes], flags: Sequence[str] = ()
) -> list[float]:
    """The CPU seconds of each start of a worker."""

    def starts() -> list[float]:
        found = (workerd.start_cpu(toolchain, main, files, flags=flags) for _ in range(_STARTS))
        return [cpu for cpu in found if cpu is not None]

    return store.value("startup", store.name_of(files, toolchain.version("workerd")), starts)
