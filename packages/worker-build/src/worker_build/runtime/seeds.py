"""Which generators were seeded by hand at import: they keep their state, and the report lists them.

Whoever seeds by hand asks for exactly those numbers. Nothing is replaced to find out, so that no
module holds a function of ours: the interpreter tells when `seed` or `setstate` begins. Made a
module of its own (`_worker_seeds`) by the build worker.
"""

import random
import sys
import types
import weakref

_APP = ("@app@/", "/lib/python3.14/site-packages/")
_TOOL = sys.monitoring.PROFILER_ID
_START = sys.monitoring.events.PY_START
_WATCHED = (random.Random.seed.__code__, random.Random.setstate.__code__)

_seeded: weakref.WeakKeyDictionary[random.Random, dict[str, object]] = weakref.WeakKeyDictionary()


def install() -> None:
    """Hear of every seeding from now on."""
    sys.monitoring.use_tool_id(_TOOL, "worker-build")
    sys.monitoring.register_callback(_TOOL, _START, _begins)
    for code in _WATCHED:
        sys.monitoring.set_local_events(_TOOL, code, _START)


def uninstall() -> None:
    """Leave no trace in the image."""
    for code in _WATCHED:
        sys.monitoring.set_local_events(_TOOL, code, 0)
    sys.monitoring.register_callback(_TOOL, _START, None)
    sys.monitoring.free_tool_id(_TOOL)


def by_hand(generator: random.Random) -> bool:
    """Whether somebody has given a generator its state."""
    return generator in _seeded


def found() -> tuple[list[random.Random], list[dict[str, object]]]:
    """The generators that were seeded by hand and are still alive, and where each was."""
    return list(_seeded), list(_seeded.values())


def _begins(_code: types.CodeType, _offset: int) -> None:
    frame = sys._getframe(1)
    generator = frame.f_locals["self"]
    if frame.f_locals.get("a", frame.f_locals.get("state")) is None:
        _seeded.pop(generator, None)
    else:
        _seeded[generator] = {"shared": generator is random._inst, **_place(frame)}


def _place(frame: types.FrameType) -> dict[str, object]:
    """The innermost frame of the app or of a package."""
    at: types.FrameType | None = frame
    while at is not None and not at.f_code.co_filename.startswith(_APP):
        at = at.f_back
    at = at or frame
    return {
        "module": at.f_globals.get("__name__", ""),
        "frames": [{"file": at.f_code.co_filename, "line": at.f_lineno}],
    }
