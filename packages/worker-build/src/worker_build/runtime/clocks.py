"""Who reads the clock at import, and which variables keep what it said.

JavaScript tells of each read (`note`); nothing is replaced to find out. Made a module of its own
(`_worker_clocks`) by the build worker.
"""

import json
import sys
import types
from collections.abc import Iterator
from typing import Any

_STANDARD = "/lib/python314.zip/"
_OURS = ("_worker_", "worker_sys", "<")
_MOST = 64
_DEPTH = 3
_START = 1_577_836_800
_END = _START + 3600
"""Where the clock stands while building: within an hour from 2020-01-01, in seconds."""

_CLOCK = json.loads("""@clock@""")
"""`known`: places that are moved if they are there; `reset`: places that must be there."""

reads: list[dict[str, Any]] = []
places: list[tuple[Any, str]] = []


def note() -> None:
    """Remember which module's body has just asked for the time, directly or through others."""
    at: types.FrameType | None = sys._getframe(2)
    body: types.FrameType | None = None
    logged = False
    while at is not None and not at.f_code.co_filename.startswith("<frozen importlib"):
        name = at.f_globals.get("__name__", "")
        logged |= name == "logging" and body is None and at.f_code.co_name != "<module>"
        if not name.startswith(_OURS):
            body = at
        at = at.f_back
    if body is None or len(reads) == _MOST:
        return
    file = body.f_code.co_filename
    read = {
        "module": body.f_globals.get("__name__", ""),
        "frames": [{"file": file, "line": body.f_lineno}],
        "standard": file.startswith(_STANDARD) or logged,
    }
    if read not in reads:
        reads.append(read)


def settle() -> dict[str, object] | None:
    """Find the places of times that are moved; what is wrong with one that the project names."""
    for place in _CLOCK["known"]:
        owner, name, _ = _look(place)
        if owner is not None:
            places.append((owner, name))
    for place in _CLOCK["reset"]:
        owner, name, why = _look(place)
        if owner is None:
            return {"kind": "clock", "place": place, "why": why, "frames": []}
        places.append((owner, name))
    return None


def found() -> list[dict[str, Any]]:
    """Each read, with the variables of its module that keep a time and are not moved."""
    moved = {(id(owner), name) for owner, name in places}
    return [
        read | {"kept": [f"{read['module']}:{path}" for path in _kept(read["module"], moved)]}
        for read in reads
    ]


def _look(place: str) -> tuple[Any, str, str]:
    """The object and the attribute that a place names; or no object, and why."""
    from worker_sys._clock import is_time

    module, _, path = place.partition(":")
    *way, name = path.split(".")
    owner: Any = sys.modules.get(module)
    if owner is None:
        return None, name, f"the app does not import `{module}`"
    for step in way:
        owner = getattr(owner, step, None)
    if owner is None or not hasattr(owner, name):
        return None, name, f"`{module}` has no `{path}`"
    value = getattr(owner, name)
    if not is_time(value):
        return None, name, f"it is of type `{type(value).__name__}`, and no time"
    try:
        setattr(owner, name, value)
    except Exception as error:  # noqa: BLE001  a frozen class may raise anything
        return None, name, f"it cannot be set: {error}"
    return owner, name, ""


def _kept(module: str, moved: set[tuple[int, str]]) -> Iterator[str]:
    owner = sys.modules.get(module)
    seen: set[int] = set()
    edge: list[tuple[Any, str]] = [] if owner is None else [(owner, "")]
    for _ in range(_DEPTH):
        further: list[tuple[Any, str]] = []
        for thing, path in edge:
            seen.add(id(thing))
            for name, value in list(getattr(thing, "__dict__", {}).items()):
                if _is_read(value) and (id(thing), name) not in moved:
                    yield path + name
                # Other modules and classes speak for themselves.
                elif id(value) not in seen and type(value).__module__ != "builtins":
                    further.append((value, f"{path}{name}."))
        edge = further


def _is_read(value: Any) -> bool:
    """Whether a value is a time that the clock may have said here."""
    if isinstance(value, (int, float)):
        return any(_START <= value / unit < _END for unit in (1, 10**3, 10**6, 10**9))
    if not hasattr(value, "toordinal") or isinstance(value, type):
        return False
    return value.timetuple()[:3] == (2020, 1, 1)
