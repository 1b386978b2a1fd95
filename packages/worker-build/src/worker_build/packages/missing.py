"""What to say about a package that has no wheel for a worker: what has one, what else would do."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Final

from packaging.pylock import Package
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
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


def refusal(missing: list[Missing]) -> BuildError:
    """Return the error that tells about all of them at once."""
    names = ", ".join(item.package.name for item in missing)
    one = len(missing) == 1
    return BuildError(
        "WB401",
        f"{'a package has' if one else f'{len(missing)} packages have'} no wheel for a worker "
        f"(cp314, {PLATFORM}): {names}",
        "pyproject.toml",
        "depend on a version or a package that has one, leave it out with the marker "
        "`; sys_platform != 'emscripten'`, or build its wheel with `pyodide build` (pip install "
        "pyodide-build) and name its folder in [tool.uv] find-links",
        details=[line for item in missing for line in _lines(item)],
    )


def _lines(missing: Missing) -> list[str]:
    package = missing.package
    lines = [f"{package.name} {package.version}: {missing.reason}"]
    nearest = _nearest(package)
    if nearest is not None:
        lines.append(f"  {package.name} {nearest} has one")
    if package.name in _ALTERNATIVES:
        lines.append(f"  instead: {_ALTERNATIVES[package.name]}")
    lines.append(f'  build it: pyodide build "{package.name}=={package.version}"')
    return lines


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
