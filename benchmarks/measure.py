"""Samples, and the arithmetic on them."""

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
    """

    rounds: int = 5
    seconds: float = 2.0


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
class Measure:
    """One thing measured, of us and of the peers.

    Attributes:
        name: what was done.
        unit: of the samples.
        samples: by side, in the order of the rounds; one side is `ours`.
        left_out: peers that did not run, each with the reason.
    """

    name: str
    unit: str
    samples: dict[str, list[float]]
    left_out: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def peers(self) -> list[str]:
        """The sides that are not ours."""
        return [side for side in self.samples if side != OURS]

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
    heads = ("measure", "side", "median", "min-max", "n", "unit", "ours / it", "min-max")
    rows = [heads, ("---",) * len(heads)]
    for measure in measures:
        for side in (OURS, *measure.peers):
            found = measure.spread(side)
            ends = f"{_short(found.low)}-{_short(found.high)}"
            row = (measure.name, side, _short(found.median), ends, str(found.n), measure.unit)
            rows.append((*row, *(("", "") if side == OURS else _ratio(measure.ratio(side)))))
        rows += [
            (measure.name, peer, "left out:", reason, "", "", "", "")
            for peer, reason in measure.left_out.items()
        ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _ratio(found: Spread) -> tuple[str, str]:
    return f"{found.median:.2f}x", f"{found.low:.2f}-{found.high:.2f}"


def _short(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"


def document(
    measures: dict[str, list[Measure]], machine: dict[str, Any], versions: dict[str, str]
) -> dict[str, Any]:
    """What is kept as JSON: where it was measured, with what, and every raw sample."""
    return {
        "schema": 1,
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
        "left_out": measure.left_out,
    }
