"""Samples, the figures to reach, and the arithmetic on both."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import starmap
from statistics import median
from typing import Any

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for.

    Attributes:
        rounds: samples of each side; at least 1.
        seconds: length of one sample of throughput.
        quick: a smoke run: the least of each group that still runs all of its code.
    """

    rounds: int = 5
    seconds: float = 2.0
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some samples, and their ends."""

    median: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, samples: list[float]) -> Spread:
        """Summarise one sample or more."""
        return cls(median(samples), min(samples), max(samples), len(samples))


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach: a ratio to a peer, or, for us alone, a number in the unit of the samples.

    Attributes:
        figure: what counts as reached.
        stretch: what would be better still.
        at_least: whether more is better; else less is.
    """

    figure: float
    stretch: float | None = None
    at_least: bool = False

    def told(self, found: float, unit: str) -> str:
        """The figure, and whether it is reached: `≤ 9x (≤ 5x): missed`."""
        sign = "≥" if self.at_least else "≤"
        better = "" if self.stretch is None else f" ({sign} {self.stretch:g}{unit})"
        return f"{sign} {self.figure:g}{unit}{better}: {self.verdict(found)}"

    def verdict(self, found: float) -> str:
        """`missed`, `reached` or, where there is a stretch, `stretched`."""
        if self.stretch is not None and self._holds(found, self.stretch):
            return "stretched"
        return "reached" if self._holds(found, self.figure) else "missed"

    def _holds(self, found: float, figure: float) -> bool:
        return found >= figure if self.at_least else found <= figure


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing measured, of us and of the peers.

    Attributes:
        name: what was done.
        unit: of the samples.
        samples: by side, in the order of the rounds; one side is `ours`, unless we are left out.
        left_out: sides that did not run, each with the reason.
        goals: the figures to reach: `ours` in the unit of the samples, a peer's as a ratio to it.
    """

    name: str
    unit: str
    samples: dict[str, list[float]]
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    goals: dict[str, Goal] = field(default_factory=dict[str, Goal])

    @property
    def sides(self) -> list[str]:
        """The sides that ran, ours first."""
        return sorted(self.samples, key=lambda side: side != OURS)

    @property
    def peers(self) -> list[str]:
        """The sides that ours is compared with."""
        return [side for side in self.samples if side != OURS] if OURS in self.samples else []

    def spread(self, side: str) -> Spread:
        """The samples of one side."""
        return Spread.of(self.samples[side])

    def ratio(self, peer: str) -> Spread:
        """Ours over a peer's: of the medians, and the lowest and highest of a round."""
        ours, theirs = self.samples[OURS], self.samples[peer]
        rounds = list(starmap(_over, zip(ours, theirs, strict=True)))
        middle = _over(median(ours), median(theirs))
        return Spread(middle, min(rounds), max(rounds), len(rounds))


def _over(ours: float, theirs: float) -> float:
    return ours / theirs if theirs else float("inf")


def table(measures: list[Measure]) -> str:
    """Everything as one Markdown table: a row for each side, ours first."""
    heads = ("measure", "side", "median", "min-max", "n", "unit", "ours / it", "min-max", "reach")
    rows = [heads, ("---",) * len(heads)]
    for measure in measures:
        for side in measure.sides:
            found = measure.spread(side)
            ends = f"{_short(found.low)}-{_short(found.high)}"
            row = (measure.name, side, _short(found.median), ends, str(found.n), measure.unit)
            rows.append((*row, *_ratio(measure, side), _reach(measure, side)))
        rows += [
            (measure.name, side, "left out:", reason.replace("|", "/"), *[""] * 5)
            for side, reason in measure.left_out.items()
        ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _ratio(measure: Measure, side: str) -> tuple[str, str]:
    if side not in measure.peers:
        return "", ""
    found = measure.ratio(side)
    return f"{found.median:.2f}x", f"{found.low:.2f}-{found.high:.2f}"


def _reach(measure: Measure, side: str) -> str:
    goal = measure.goals.get(side)
    if goal is None:
        return ""
    if side == OURS:
        return goal.told(measure.spread(side).median, f" {measure.unit}")
    return goal.told(measure.ratio(side).median, "x")


def _short(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"


def document(
    measures: dict[str, list[Measure]], machine: dict[str, Any], versions: dict[str, str]
) -> dict[str, Any]:
    """What is kept as JSON: where it was measured, with what, and every raw sample."""
    return {
        "schema": 2,
        "machine": machine,
        "versions": versions,
        "benchmarks": {name: [_told(one) for one in found] for name, found in measures.items()},
    }


def _told(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.name,
        "unit": measure.unit,
        "samples": measure.samples,
        "ratios": {peer: measure.ratio(peer).median for peer in measure.peers},
        "reach": {side: _reach(measure, side) for side in measure.goals if side in measure.samples},
        "left_out": measure.left_out,
    }
