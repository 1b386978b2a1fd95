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
        "depend on a version or a package that has one; or leave it out with [tool.uv] "
        "override-dependencies = [\"NAME; sys_platform != 'emscripten'\"]; or build its wheel "
        "with pyodide-build and name the wheel's folder in [tool.uv] find-links",
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
    if package.name in _ADVICE:
        lines.append(f"  {_ADVICE[package.name]}")
    lines.append(f'  build it: pyodide build "{package.name}=={package.version}"')
    return lines


def _line(name: str, pyproject: Path) -> int | None:
    """The line, from 1, on which the project asks for a package."""
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
    wanted = fits(tags) and not version.is_prerelease and not file.get("yanked")
    return version if wanted else None
