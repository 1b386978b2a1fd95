"""What to say about a package that has no wheel for a worker: what has one, what else would do."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from installer.sources import WheelFile
from installer.utils import parse_metadata_file
from packaging.pylock import Package
from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from worker_build.errors import BuildError
from worker_build.packages.fetch import opened
from worker_build.packages.target import PLATFORM, fits

__all__ = ["Missing", "refusal"]

_INDEX: Final = "https://index.example/simple"
_JSON: Final = "application/vnd.pypi.simple.v1+json"

_ALTERNATIVES: Final = {
    "aiohttp": "`worker.fetch`, or httpx, for requests; Starlette or FastAPI for answers",
    "gevent": "`async def` handlers",
    "greenlet": "`worker.run_sync`, which needs no greenlets",
    "grpcio": "HTTP with JSON, through `worker.fetch`",
    "httptools": "nothing: the platform parses HTTP (`uvicorn` itself is not needed either)",
    "hiredis": "redis without hiredis",
    "mysqlclient": "pymysql",
    "orjson": "msgspec or json",
    "psycopg": "pg8000",
    "psycopg-binary": "pg8000",
    "psycopg2": "pg8000",
    "psycopg2-binary": "pg8000",
    "pycurl": "`worker.fetch`, or httpx",
    "ujson": "msgspec or json",
    "uvloop": "nothing: the event loop is the platform's",
    "watchfiles": "nothing: a worker has no files to watch (`uvicorn` is not needed either)",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A package that a worker cannot take.

    Attributes:
        package: as the lock has it.
        reason: what it has instead, one clause.
    """

    package: Package
    reason: str


def refusal(missing: Sequence[Missing], wheels: Iterable[Path], pyproject: Path) -> BuildError:
    """Return the error that tells about all of them at once.

    Args:
        missing: at least one.
        wheels: those of the other packages: their metadata says who asks for a missing one.
        pyproject: the project's file: its text says where it asks for one itself.
    """
    missing = sorted(missing, key=lambda item: item.package.name)
    names = ", ".join(item.package.name for item in missing)
    line = next((n for item in missing if (n := _line(item.package.name, pyproject))), None)
    askers = _askers(wheels)
    return BuildError(
        "WB401",
        f"{'a package has' if len(missing) == 1 else f'{len(missing)} packages have'} no wheel "
        f"for a worker (cp314, {PLATFORM}): {names}",
        f"pyproject.toml:{line}" if line else "pyproject.toml",
        "depend on a version or a package that has one, leave it out with the marker "
        "`; sys_platform != 'emscripten'`, or build its wheel with `pyodide build` (pip install "
        "pyodide-build) and name its folder in [tool.uv] find-links",
        details=[
            line
            for item in missing
            for line in _lines(item, sorted(askers.get(item.package.name, ())))
        ],
    )


def _lines(missing: Missing, askers: list[str]) -> list[str]:
    package = missing.package
    lines = [f"{package.name} {package.version}: {missing.reason}"]
    if askers:
        lines.append(f"  asked for by {', '.join(askers)}")
    nearest = _nearest(package)
    if nearest is not None:
        lines.append(f"  {package.name} {nearest} has one")
    if package.name in _ALTERNATIVES:
        lines.append(f"  instead: {_ALTERNATIVES[package.name]}")
    lines.append(f'  build it: pyodide build "{package.name}=={package.version}"')
    return lines


def _line(name: str, pyproject: Path) -> int | None:
    """The line, from 1, on which the project asks for a package."""
    spelled = re.escape(name).replace(r"\-", "[-_.]+")
    asks = re.compile(rf"""["']{spelled}\s*["'\[<>=!~;@ ]""", re.IGNORECASE)
    lines = pyproject.read_text("utf-8").splitlines()
    return next((n for n, line in enumerate(lines, start=1) if asks.search(line)), None)


def _askers(wheels: Iterable[Path]) -> dict[str, set[str]]:
    """Which package each package of these wheels is asked for by, by name."""
    askers: dict[str, set[str]] = {}
    for path in wheels:
        with WheelFile.open(path) as wheel:
            metadata = parse_metadata_file(wheel.read_dist_info("METADATA"))
        for text in metadata.get_all("Requires-Dist", []):
            wanted = canonicalize_name(Requirement(text).name)
            askers.setdefault(wanted, set()).add(str(metadata["Name"]))
    return askers


def _nearest(package: Package) -> Version | None:
    """The version nearest to the locked one that has a fitting wheel; None when nobody knows."""
    index = package.index or os.environ.get("UV_DEFAULT_INDEX") or _INDEX
    try:
        with opened(f"{index.rstrip('/')}/{package.name}/", accept=_JSON) as answer:
            page: dict[str, Any] = json.loads(answer.read())
        versions = sorted({v for file in page["files"] if (v := _fitting(file)) is not None})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if package.version is None or not versions:
        return versions[-1] if versions else None
    above = [version for version in versions if version > package.version]
    below = [version for version in versions if version < package.version]
    return above[0] if above else below[-1] if below else None


def _fitting(file: dict[str, Any]) -> Version | None:
    try:
        _, version, _, tags = parse_wheel_filename(file["filename"])
    except InvalidWheelFilename:
        return None
    return version if fits(tags) and not file.get("yanked") else None
