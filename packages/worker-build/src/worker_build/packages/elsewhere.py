"""Where a wheel for a worker can be had, when the locked version of a package has none.

For an error's text only: whatever cannot be found out is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from packaging.pylock import Package
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from worker_build.packages import uv
from worker_build.packages.fetch import opened
from worker_build.packages.target import fits

__all__ = ["nearest"]

_JSON: Final = "application/vnd.pypi.simple.v1+json"


def nearest(packages: Sequence[Package], root: Path) -> dict[str, Version]:
    """Return, by name, the version nearest to the locked one that has a fitting wheel.

    Args:
        packages: as the lock has them.
        root: the project's folder: which index has a package is uv's to say, as configured there.
    """
    indexes = _indexes(packages, root)
    found = {
        package.name: _closest(
            package.version, _versions(package.name, indexes[package.name], root)
        )
        for package in packages
        if package.name in indexes
    }
    return {name: version for name, version in found.items() if version is not None}


def _indexes(packages: Sequence[Package], root: Path) -> dict[str, str]:
    wanted = "".join(f"{package.name}=={package.version}\n" for package in packages)
    args = ("--no-deps", "--universal", "--no-header", "--emit-index-annotation")
    try:
        answer = uv.run("pip", "compile", "-", *args, cwd=root, text=wanted)
    except uv.UvError:
        return {}
    found = re.findall(r"^([\w.-]+)==\S+.*\n\s+# from (https?://\S+)", answer.text, re.MULTILINE)
    return {canonicalize_name(name): index for name, index in found}


def _versions(name: str, index: str, root: Path) -> list[Version]:
    """The versions of a package that have a fitting wheel, ascending."""
    try:
        with opened(f"{index.rstrip('/')}/{name}/", accept=_JSON, root=root) as answer:
            files: list[dict[str, Any]] = json.loads(answer.read())["files"]
        return sorted({version for file in files if (version := _fitting(file)) is not None})
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _closest(wanted: Version | None, versions: list[Version]) -> Version | None:
    """The next higher version, or else the next lower one."""
    if wanted is None:
        return versions[-1] if versions else None
    above = [version for version in versions if version > wanted]
    below = [version for version in versions if version < wanted]
    return above[0] if above else below[-1] if below else None


def _fitting(file: dict[str, Any]) -> Version | None:
    try:
        _, version, _, tags = parse_wheel_filename(file["filename"])
    except InvalidWheelFilename:
        return None
    wanted = fits(tags) and not version.is_prerelease and not file.get("yanked")
    return version if wanted else None
