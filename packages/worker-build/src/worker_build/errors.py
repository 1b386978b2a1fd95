"""What stops a build: one exception, with a code, what is wrong, where, and how to fix it.

The first digit of a code says whose business it is:

    WB1xx   the project: its folder, its configuration, its entry module, what it does at import
    WB2xx   a limit of the platform: size, start-up time, memory
    WB3xx   the toolchain: Node, the npm packages, uv, the cache
    WB4xx   packages: resolving, downloading, building and unpacking dependencies
    WB9xx   worker-build itself is at fault

`CODES` lists them all; codes are stable, texts are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["CODES", "FAMILIES", "BuildError"]

FAMILIES: Final[dict[str, str]] = {
    "WB1": "project",
    "WB2": "limits",
    "WB3": "toolchain",
    "WB4": "packages",
    "WB9": "worker-build",
}

CODES: Final[dict[str, str]] = {
    "WB100": "the project cannot be built",
    "WB101": "there is no project",
    "WB102": "pyproject.toml cannot be read",
    "WB103": "the configuration is wrong",
    "WB104": "there is no entry module",
    "WB105": "there is more than one entry module",
    "WB106": "the wrangler file is wrong",
    "WB107": "the user's JavaScript cannot be used",
    "WB108": "the project does not use worker",
    "WB110": "the app cannot be imported",
    "WB111": "the app asks for randomness at import",
    "WB112": "the app does I/O or sets a timer at import",
    "WB113": "a JavaScript object in a module variable cannot be restored",
    "WB114": "the app uses a name that the platform has not",
    "WB115": "the entry points do not fit together",
    "WB116": "importing the app takes too long",
    "WB117": "another project's build cannot be read",
    "WB120": "the output folder cannot be written",
    "WB200": "a limit of the platform is broken",
    "WB201": "the bundle is too big",
    "WB202": "starting takes too long",
    "WB203": "the worker needs too much memory",
    "WB300": "the toolchain is broken",
    "WB301": "Node is missing",
    "WB302": "the npm packages cannot be installed",
    "WB303": "the platform of this machine is not supported",
    "WB304": "the cache cannot be written",
    "WB305": "Miniflare or workerd does not start",
    "WB310": "uv is missing",
    "WB400": "the packages cannot be prepared",
    "WB401": "a package has no wheel for this target",
    "WB402": "the dependencies cannot be resolved",
    "WB403": "the lock file does not fit the project",
    "WB404": "a package cannot be downloaded",
    "WB405": "a package is not what the lock file says",
    "WB406": "a package cannot be built",
    "WB407": "a wheel cannot be unpacked",
    "WB408": "two packages write the same file",
    "WB409": "an extension module does not fit this target",
    "WB410": "Pyodide's distribution does not fit this target",
    "WB411": "an extension module is not where the image has it",
    "WB900": "worker-build is at fault",
    "WB901": "a patch does not match Pyodide's glue",
    "WB902": "the runtime wheels are missing",
}

_CODE: Final = re.compile(r"WB[12349](\d\d)?")


class BuildError(Exception):
    """The build cannot go on, and the person who runs it can do something about it.

    `str()` gives the whole story in plain lines, ready for a terminal.

    Args:
        code: one of `CODES`; a bare family (`"WB3"`) stands for its general code (`"WB300"`).
        what: what is wrong, one sentence without a full stop.
        where: the file, and the line where known: `pyproject.toml:12`. A path inside the project
            is given relative to it.
        fix: what to do about it, one sentence without a full stop.
        details: more lines, in order: one a package, or the user's own traceback.

    Attributes:
        code: five characters, `WB101`.
        what: as given.
        where: as given, or None.
        fix: as given, or None.
        details: as given, a tuple.
    """

    def __init__(
        self,
        code: str,
        what: str,
        where: str | None = None,
        fix: str | None = None,
        *,
        details: Iterable[str] = (),
    ) -> None:
        if _CODE.fullmatch(code) is None:
            raise ValueError(f"{code!r} is no code of worker-build")
        self.code = code if len(code) > 3 else f"{code}00"
        self.what = what
        self.where = where
        self.fix = fix
        self.details = tuple(details)
        super().__init__(self.code, what, where, fix)

    @property
    def family(self) -> str:
        """Whose business it is: project, limits, toolchain, packages or worker-build."""
        return FAMILIES[self.code[:3]]

    def as_dict(self) -> dict[str, Any]:
        """The error as JSON-able data: the body of an `error` event of `--json`."""
        return {
            "code": self.code,
            "family": self.family,
            "what": self.what,
            "where": self.where,
            "details": list(self.details),
            "fix": self.fix,
        }

    def __str__(self) -> str:
        lines = [f"{self.code}: {self.what}"]
        if self.where is not None:
            lines.append(f"  at {self.where}")
        lines.extend(f"  {line}" for detail in self.details for line in detail.splitlines())
        if self.fix is not None:
            lines.append(f"  fix: {self.fix}")
        return "\n".join(lines)
