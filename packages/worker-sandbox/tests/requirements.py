"""The manifest of behaviours, `requirements.toml`, and the page that is made of it.

python tests/requirements.py            write docs/parity.md
python tests/requirements.py --check    fail when the page is not what the manifest says
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "parity.md"
KINDS = {"mirrored": "mirrored", "beyond": "beyond", "differs": "differs", "not_yet": "not yet"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One behaviour.

    Attributes:
        id: unique.
        what: in a few words; method and pattern of a route.
        why: where it comes from; for `differs` and `not yet` the reason.
        kind: `mirrored`, `beyond`, `differs` or `not yet`.
        area: the heading it stands under.
        tests: the tests that hold it, as `module::function`; empty only where the reason says why.
    """

    id: str
    what: str
    why: str
    kind: str
    area: str
    tests: tuple[str, ...]


def read() -> list[Requirement]:
    """Every behaviour, in the order of the manifest."""
    areas = tomllib.loads((HERE / "requirements.toml").read_text())["area"]
    return [
        Requirement(id, what, why, shown, area["name"], tuple(_expanded(tests)))
        for area in areas
        for kind, shown in KINDS.items()
        for id, what, why, *tests in area.get(kind, ())
    ]


def _expanded(names: list[str]) -> Iterator[str]:
    for name in names:
        module, _, function = name.partition("::")
        if function == "*":
            yield from (test for test in tests() if test.startswith(f"{module}::"))
        else:
            yield name


def tests() -> list[str]:
    """Every test of the sandbox, read from its source."""
    return [
        f"{file.stem.removeprefix('test_')}::{node.name.removeprefix('test_')}"
        for file in sorted(HERE.glob("test_*.py"))
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def page() -> str:
    """The page as it should be."""
    found = read()
    areas = list(dict.fromkeys(each.area for each in found))
    counts = {
        area: [
            sum(each.area == area and each.kind == kind for each in found)
            for kind in KINDS.values()
        ]
        for area in areas
    }
    sums = (str(sum(column)) for column in zip(*counts.values(), strict=True))
    lines = [
        "# Parity with workers-rs",
        "",
        "What of the sandbox of workers-rs is mirrored, what goes beyond it, what differs and why,",
        "and what is not there yet. Every line is held by the tests named in",
        "`packages/worker-sandbox/tests/requirements.toml`, from which this page is generated:",
        "`python packages/worker-sandbox/tests/requirements.py`.",
        "",
        "| area | mirrored | beyond | differs | not yet |",
        "|---|---:|---:|---:|---:|",
        *(f"| {area} | {' | '.join(map(str, counts[area]))} |" for area in areas),
        f"| all | {' | '.join(sums)} |",
    ]
    for area in areas:
        lines += ["", f"## {area}", "", "| | behaviour | source or reason |", "|---|---|---|"]
        for each in (each for each in found if each.area == area):
            what = f"`{each.what}`" if each.id.startswith("route:") else each.what
            lines.append(f"| {each.kind} | {what} | {each.why} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page, or check it."""
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != page():
            sys.exit(f"{PAGE.name} is out of date: run python {Path(__file__).name}")
    else:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page())


if __name__ == "__main__":
    main()
