"""The clock at import: it stands, and what has read it is told.

Times that known packages keep are moved to the time of the first event; the project can name more
of them. What else keeps one is warned of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from worker_build.refusals import allows, place
from worker_build.stage import SITE_PACKAGES

__all__ = ["KNOWN", "Clock", "facts", "warnings"]

KNOWN: Final = (
    # Whose two-digit years are of which century.
    "dateutil.parser._parser:DEFAULTPARSER.info._year",
    # `relativeCreated` of a record counts from here.
    "logging:_startTime",
    # `elapsed` of a record counts from here.
    "loguru._logger:start_time",
)
"""Variables, as `module:path`, in which packages keep the time of their import."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a project says about the clock at import.

    Attributes:
        reset: further variables that are moved, as in `KNOWN`.
        allowed: modules that may keep what they have read, with all below them.
    """

    reset: Sequence[str] = ()
    allowed: Sequence[str] = ()


def facts(reads: Iterable[Mapping[str, Any]], clock: Clock) -> dict[str, Any]:
    """What the manifest says about the clock.

    Args:
        reads: as `runtime/clocks.py` found them.
        clock: what the project says.

    Returns:
        `clock`, the reads as `module file:line`; `clock_kept`, those to warn of: `module`, `place`
        and `variables`, which may be unknown where the app itself has read.
    """
    reads = list(reads)
    # Who names variables of a module knows what it reads.
    looked_at = {variable.partition(":")[0] for variable in clock.reset}
    kept = [
        {"module": read["module"], "place": place(read), "variables": read["kept"]}
        for read in reads
        if not allows(clock.allowed, read["module"])
        and (read["kept"] or (_is_app(read) and read["module"] not in looked_at))
    ]
    return {
        "clock": sorted({f"{read['module']} {place(read)}" for read in reads}),
        "clock_kept": sorted(kept, key=lambda each: (each["module"], each["place"])),
    }


def warnings(kept: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One sentence for each module that has read the clock, and may keep what it said."""
    by_module: dict[str, list[Mapping[str, Any]]] = {}
    for each in kept:
        by_module.setdefault(each["module"], []).append(each)
    for module, found in by_module.items():
        variables = sorted({name for each in found for name in each["variables"]})
        holds = f", and `{'`, `'.join(variables)}` keeps it" if variables else ""
        names = ", ".join(f'"{name}"' for name in variables) or f'"{module}:NAME"'
        yield (
            f"`{module}` reads the clock at import ({found[0]['place']}), where it stands at"
            f" 2020-01-01{holds}: read it in a handler; or have it set to the time of the first"
            f" event by [tool.worker-build] reset-clock = [{names}]; or, where it does not matter,"
            f' allow-clock = ["{module}"]'
        )


def _is_app(read: Mapping[str, Any]) -> bool:
    file = str(read["frames"][-1]["file"])
    return not read["standard"] and not file.startswith(SITE_PACKAGES)
