"""What a worker is, in the words of packaging: its wheel tags and its environment markers.

The values are those that Pyodide 314 itself reports (`platform`, `sysconfig`): CPython 3.14 on
`pyemscripten_2026_0_wasm32` (PEP 783).
"""

from __future__ import annotations

from typing import Final

from packaging.markers import Environment
from packaging.tags import Tag, compatible_tags, cpython_tags

__all__ = ["ENVIRONMENT", "PLATFORM", "PYTHON", "TAGS", "fits"]

PYTHON: Final = (3, 14)
PLATFORM: Final = "pyemscripten_2026_0_wasm32"

ENVIRONMENT: Final[Environment] = {
    "implementation_name": "cpython",
    "implementation_version": "3.14.2",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_release": "5.0.3",
    "platform_system": "Emscripten",
    "platform_version": "#1",
    "python_full_version": "3.14.2",
    "python_version": "3.14",
    "sys_platform": "emscripten",
}

TAGS: Final[tuple[Tag, ...]] = (
    *cpython_tags(PYTHON, abis=["cp314"], platforms=[PLATFORM]),
    *compatible_tags(PYTHON, interpreter="cp314", platforms=[PLATFORM]),
)
"""Every tag that a worker takes, the best first."""

_FITTING: Final = frozenset(TAGS)


def fits(tags: frozenset[Tag]) -> bool:
    """Whether a wheel with these tags can be installed in a worker."""
    return not _FITTING.isdisjoint(tags)
