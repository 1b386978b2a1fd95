"""Who draws randomness at import: a second build worker finds out, when the first has seen a draw.

Every door to entropy is replaced by one that notes who came through it. No image is made of this
interpreter, so nothing needs to be put back. Made a module of its own (`_worker_watch`).
"""

import linecache
import os
import posix
import random
import sys
from collections.abc import Callable
from typing import Any

import _worker_seeds

PROVIDERS = frozenset(
    {"random", "secrets", "uuid", "tempfile", "_worker_watch", "_worker_snapshot"}
)
"""Modules that hand randomness on: whoever calls them is the one who asks."""

REFRESHED = frozenset({"numpy.random"})
"""Modules whose generators are seeded anew in every isolate."""

draws: list[dict[str, object]] = []
_MOST = 64


def note(what: str) -> None:
    """Remember who asks for `what`: the innermost frame that does not hand it on."""
    frames: list[dict[str, object]] = []
    module = ""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if module and name == "_worker_snapshot":
            break
        if not module and name not in PROVIDERS and not name.startswith("importlib._bootstrap"):
            module = name
        if module:
            code = frame.f_code
            text = linecache.getline(code.co_filename, frame.f_lineno, frame.f_globals).strip()
            frames.append(
                {
                    "file": code.co_filename,
                    "line": frame.f_lineno,
                    "name": code.co_name,
                    "text": text,
                }
            )
        frame = frame.f_back
    draw = {"what": what, "module": module, "frames": frames[::-1]}
    if module and module not in REFRESHED and draw not in draws and len(draws) < _MOST:
        draws.append(draw)


def install() -> None:
    """Replace the doors, wherever a module holds one."""
    urandom = os.urandom

    def watched(size: int) -> bytes:
        note("os.urandom")
        return urandom(size)

    _replace({id(urandom): watched})
    os.urandom = posix.urandom = watched
    _watch_generators()


def _watch_generators() -> None:
    cls: Any = random.Random
    shared: Any = random._inst
    held = {name: getattr(random, name) for name in ("random", "getrandbits")}
    for name in ("random", "getrandbits"):
        setattr(cls, name, _noting(name, getattr(cls, name)))
    _replace({id(old): getattr(shared, name) for name, old in held.items()})


def _noting(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def draw(self: random.Random, *args: Any) -> Any:
        # Whoever seeded it by hand has asked for these very numbers.
        if not _worker_seeds.by_hand(self):
            note(f"random.{name}")
        return original(self, *args)

    return draw


def _replace(new: dict[int, Any]) -> None:
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in new:
                setattr(module, name, new[id(value)])
