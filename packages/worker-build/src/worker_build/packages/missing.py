"""What to say about a package that has no wheel for a worker: what has one, what else would do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installer.sources import WheelFile
from installer.utils import parse_metadata_file
from packaging.pylock import Package
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from worker_build.errors import BuildError
from worker_build.packages import elsewhere
from worker_build.packages.target import PLATFORM

__all__ = ["Missing", "asked_at", "refusal"]

_POSTGRES: Final = "use pg8000, which is pure Python"
_STANDARD: Final = "not needed: ask for `fastapi` without `[standard]`"
_ADVICE: Final = {
    "cryptography": "use `worker.crypto`, the platform's own",
    "fastar": _STANDARD,
    "gevent": "not needed: write `async def` handlers",
    "greenlet": "not needed: `worker.run_sync` switches stacks without it",
    "grpcio": "use JSON over `worker.fetch`",
    "hiredis": "not needed: redis does without it",
    "httptools": "not needed: the platform parses HTTP, and answers without uvicorn",
    "mysqlclient": "use pymysql, which is pure Python",
    "orjson": "use msgspec or json",
    "psycopg": _POSTGRES,
    "psycopg-binary": _POSTGRES,
    "psycopg2": _POSTGRES,
    "psycopg2-binary": _POSTGRES,
    "pycurl": "use `worker.fetch` or httpx",
    "regex": "use re",
    "rignore": _STANDARD,
    "rpds-py": "`jsonschema<4.18` does without it",
    "ujson": "use msgspec or json",
    "uvloop": "not needed: the event loop is the platform's",
    "watchfiles": "not needed: a worker has no files to watch",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A package that a worker cannot take.

    Attributes:
        package: as the lock has it.
        reason: what it has instead, one clause.
        elsewhere: lines about what Pyodide's distribution has of it.
        source: its source, an archive or a folder, when a compiler could make a wheel of it.
        folder: that source, when it is one of the user's own folders.
        lacking: lines about the piece of that compiler that is not here.
    """

    package: Package
    reason: str
    elsewhere: tuple[str, ...] = ()
    source: Path | None = None
    folder: Path | None = None
    lacking: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its name and version, for people."""
        version = self.package.version
        return f"{self.package.name} {version}" if version else self.package.name


def refusal(missing: Sequence[Missing], wheels: Iterable[Path], pyproject: Path) -> BuildError:
    """Return the error that tells about all of them at once.

    Args:
        missing: at least one.
        wheels: those of the other packages: their metadata says who asks for a missing one.
        pyproject: the project's file: its text says where it asks for one itself.
    """
    missing = sorted(missing, key=lambda item: item.package.name)
    names = ", ".join(item.package.name for item in missing)
    line = next((n for item in missing if (n := asked_at(item.package.name, pyproject))), None)
    askers = _askers(wheels)
    # Of what comes from a folder, an index knows nothing, or another package of that name.
    indexed = [item.package for item in missing if item.source is None or item.source.is_file()]
    nearest = elsewhere.nearest(indexed, pyproject.parent)
    return BuildError(
        "WB401",
        f"{'a package has' if len(missing) == 1 else f'{len(missing)} packages have'} no wheel "
        f"for a worker (cp314, {PLATFORM}): {names}",
        f"pyproject.toml:{line}" if line else "pyproject.toml",
        "depend on a version or a package that has one; or leave it out with [tool.uv] "
        "override-dependencies = [\"NAME; sys_platform != 'emscripten'\"]; or put a wheel for it "
        "into a folder that [tool.uv] find-links names, from Pyodide or made by pyodide-build",
        details=[
            *(
                line
                for item in missing
                for line in _lines(
                    item, askers.get(item.package.name), nearest.get(item.package.name)
                )
            ),
            # Once: the compiler is the same for all of them.
            *dict.fromkeys(line for item in missing for line in item.lacking),
        ],
    )


def _lines(missing: Missing, askers: set[str] | None, nearest: Version | None) -> list[str]:
    package = missing.package
    lines = [f"{missing.label}: {missing.reason}"]
    if askers:
        lines.append(f"  asked for by {', '.join(sorted(askers))}")
    if nearest is not None:
        lines.append(f"  {package.name} {nearest} has one")
    lines.extend(missing.elsewhere)
    if package.name in _ADVICE:
        lines.append(f"  {_ADVICE[package.name]}")
    is_folder = missing.source is not None and missing.source.is_dir()
    what = missing.source if is_folder else f"{package.name}=={package.version}"
    lines.append(f'  build it: pyodide build "{what}"')
    return lines


def asked_at(name: str, pyproject: Path) -> int | None:
    """Return the line, from 1, on which the project asks for a package."""
    spelled = re.escape(name).replace(r"\-", "[-_.]+")
    asks = re.compile(rf"""["']{spelled}\s*["'\[<>=!~;@ ]""", re.IGNORECASE)
    lines = pyproject.read_text("utf-8").splitlines()
    return next((n for n, line in enumerate(lines, start=1) if asks.search(line)), None)


def _askers(wheels: Iterable[Path]) -> dict[str, set[str]]:
    """Which packages ask for each package, by its name.

    A wheel does not say which of its extras were chosen: who asks through an extra counts only
    where nobody asks without one.
    """
    plain: dict[str, set[str]] = {}
    extra: dict[str, set[str]] = {}
    for path in wheels:
        with WheelFile.open(path) as wheel:
            metadata = parse_metadata_file(wheel.read_dist_info("METADATA"))
        for text in metadata.get_all("Requires-Dist", []):
            wanted = Requirement(text)
            found = extra if wanted.marker is not None and "extra" in str(wanted.marker) else plain
            found.setdefault(canonicalize_name(wanted.name), set()).add(str(metadata["Name"]))
    return extra | plain
