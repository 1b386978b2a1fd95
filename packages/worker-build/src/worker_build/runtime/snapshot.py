"""What runs inside the build worker: import the app, find its entry points, leave nothing behind.

Made a module of its own (`_worker_snapshot`) by the build worker, and gone from the image.
"""

import contextlib
import gc
import importlib
import io
import json
import linecache
import random
import sys
import traceback
import types
from collections.abc import Iterator

ENTRY = "@entry@"
APP = "@app@"
WATCH = "@watch@"
"""`watch` in the second run that finds out who drew randomness, see `watch.py`."""

PRELOAD = "@preload@"
"""Names of modules that the project wants in the image, besides its own."""

_LATE = {"fastapi": "fastapi.telemetry._runtime"}
"""What a package imports in its first event, always."""

_MOST = 8
_NOT_SEARCHED = ("pyodide", "_pyodide", "js", "_worker_")
_EMPTY = (str, bytes, int, float, types.ModuleType)
_ABOUT_FILES = (FileExistsError, FileNotFoundError, IsADirectoryError, PermissionError)

_LOADER = (
    "pyodide._package_loader",
    "pyodide.common",
    "bz2",
    "compression",
    "lzma",
    "shutil",
    "tempfile",
    "zipfile",
)
"""Pyodide's loader of packages, which a bundle has no use for, and what it alone imports. Whoever
asks for one of these imports it anew."""

_told: list[dict[str, object]] = []
_at_first = 0


def prepare() -> None:
    """Our own runtime, before the app: its loop, its door, the modules that every worker needs."""
    global _at_first
    # An image of Pyodide's must hold this object of JavaScript, wherever it is held.
    sys.modules["pyodide"]._loaded_packages = sys.modules[_LOADER[0]].loadedPackages  # type: ignore[attr-defined]
    _forget(_LOADER)
    sys.path.insert(0, APP)
    from worker_sys import _loop, _sockets

    _loop.install()
    _sockets.install()
    importlib.import_module("worker._dispatch")
    import _worker_seeds

    _worker_seeds.install()
    _at_first = hash(random.getstate())


def _forget(names: tuple[str, ...]) -> None:
    """Drop modules, with those below them."""
    for name in list(sys.modules):
        if any(name == each or name.startswith(f"{each}.") for each in names):
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                vars(sys.modules[parent]).pop(child, None)
            del sys.modules[name]


def load() -> str:
    """Import the entry module; JSON of its manifest, of all draws, or of what went wrong."""
    if WATCH:
        import _worker_watch

        _worker_watch.install()
    try:
        importlib.import_module(ENTRY)
        for name in PRELOAD.split():
            importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001  an app may raise anything at import
        return json.dumps({"error": _described(error)})
    for package, name in _LATE.items():
        if package in sys.modules:
            # Other versions of the package have no such module.
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    if WATCH:
        return json.dumps({"draws": _worker_watch.draws})
    if _told:
        return json.dumps({"error": _told[0]})
    if pending := _pending():
        return json.dumps({"error": pending})
    from worker_macros import registry

    changed = hash(random.getstate()) != _at_first
    import _worker_seeds

    _, seeded = _worker_seeds.found()
    import _worker_clocks

    if wrong := _worker_clocks.settle():
        return json.dumps({"error": wrong})
    found = {"changed": changed, "seeded": seeded, "clock": _worker_clocks.found()}
    return json.dumps({"manifest": registry.manifest(), **found})


def told(what: str) -> None:
    """Hear from JavaScript that the app asks for something; it is refused after the import."""
    if what == "the clock":
        import _worker_clocks

        _worker_clocks.note()
        return
    if what == "Math.random":
        if WATCH:
            import _worker_watch

            _worker_watch.note(what)
        return
    frames = traceback.extract_stack(sys._getframe(1))
    _told.append({"kind": "told", "what": what, "frames": _frames(frames)})


def tidy() -> None:
    """Drop what only the build needed."""
    # Their buffers are large, and hold what was freed before they were made.
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.flush()
        stream.buffer.__init__(stream.buffer.raw, io.DEFAULT_BUFFER_SIZE >> 4)  # type: ignore[attr-defined]
    linecache.clearcache()
    import _worker_bytecode
    import _worker_clocks
    import _worker_seeds
    from worker_sys import _clock, _entropy

    _worker_bytecode.uninstall()
    for _ in range(2):
        gc.collect()
    kept, _ = _worker_seeds.found()
    _worker_seeds.uninstall()
    _entropy.remember(kept)
    _clock.remember(_worker_clocks.places)
    # What the image holds is there to stay: no collection in a worker need look at it again.
    gc.freeze()


def _frames(summary: traceback.StackSummary) -> list[dict[str, object]]:
    return [
        {"file": frame.filename, "line": frame.lineno, "name": frame.name, "text": frame.line}
        for frame in summary
    ]


def _described(error: BaseException) -> dict[str, object]:
    described: dict[str, object] = {
        "kind": "import",
        "type": type(error).__name__,
        "message": "".join(traceback.format_exception_only(error)).strip(),
        "frames": _frames(traceback.extract_tb(error.__traceback__)),
        "causes": list(_causes(error)),
        "io": isinstance(error, OSError) and not isinstance(error, _ABOUT_FILES),
    }
    if isinstance(error, SyntaxError):
        described |= {
            "kind": "syntax",
            "message": error.msg,
            "file": error.filename,
            "line": error.lineno,
            "text": (error.text or "").strip(),
        }
    if isinstance(error, ModuleNotFoundError) and error.name:
        described |= _missing(error.name)
    elif isinstance(error, ImportError) and error.name == "js":
        described |= {"kind": "name", "asked": error.name_from}
    if isinstance(error, AttributeError) and _is_javascript(error.obj):
        described |= {"kind": "name", "asked": error.name}
    if hasattr(error, "javascript_module"):
        described |= {"javascript": error.javascript_module}
    return described


def _causes(error: BaseException) -> Iterator[str]:
    """What led to an exception, as a traceback would tell it, the nearest first."""
    seen = {id(error)}
    while True:
        hidden = error.__suppress_context__
        cause = error.__cause__ or (None if hidden else error.__context__)
        if cause is None or id(cause) in seen:
            return
        seen.add(id(cause))
        yield "".join(traceback.format_exception_only(cause)).strip()
        error = cause


def _missing(name: str) -> dict[str, object]:
    """What is known about a module that is not there."""
    import difflib
    from pathlib import Path

    top = name.partition(".")[0]
    standard = sys.stdlib_module_names
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    there = {
        entry.name.removesuffix(".py")
        for folder in (APP, packages)
        for entry in Path(folder).iterdir()
    }
    known = sorted(each for each in {*standard, *there} if each.isidentifier())
    return {
        "kind": "missing",
        "missing": name,
        "standard": top in standard,
        "there": top in there,
        "close": difflib.get_close_matches(top, known, n=1, cutoff=0.75),
    }


def _is_javascript(value: object) -> bool:
    from pyodide.ffi import JsProxy

    if isinstance(value, types.ModuleType):
        return value.__name__ == "js"
    return isinstance(value, JsProxy)


def _pending() -> dict[str, object] | None:
    """A task or callback that the app has left to the loop."""
    from worker_sys.events import unowned

    for task in unowned.tasks:
        coro = task.get_coro()
        code = getattr(coro, "cr_code", None)
        return {
            "kind": "task",
            "what": getattr(coro, "__qualname__", repr(coro)),
            "frames": [_definition(code)] if code else [],
        }
    for handle in unowned.ready:
        called = handle._callback
        code = getattr(called, "__code__", None)
        return {
            "kind": "task",
            "what": getattr(called, "__qualname__", repr(called)),
            "frames": [_definition(code)] if code else [],
        }
    return None


def _definition(code: types.CodeType) -> dict[str, object]:
    line = code.co_firstlineno
    text = linecache.getline(code.co_filename, line).strip()
    return {"file": code.co_filename, "line": line, "name": code.co_name, "text": text}


def references(lost: object) -> str:
    """JSON of the paths, from a module-level variable on, at which an object of JavaScript is held.

    Args:
        lost: a JavaScript array of the objects that an image cannot hold.
    """
    from pyodide.ffi import JsProxy

    ids = {value.js_id for value in lost}
    found: list[dict[str, str]] = []
    # What is ours holds `lost` itself. Breadth first: the shortest path is the one that a reader
    # recognizes.
    seen = {id(thing) for thing in (sys.modules, globals(), found, lost)}
    edge: list[tuple[object, str, str]] = []
    for name, module in sorted(sys.modules.items()):
        if isinstance(module, types.ModuleType) and not name.startswith(_NOT_SEARCHED):
            seen.update((id(module), id(vars(module))))
            edge += [(value, name, variable) for variable, value in sorted(vars(module).items())]
    while edge and len(found) < _MOST:
        further: list[tuple[object, str, str]] = []
        for value, module, path in edge:
            if isinstance(value, JsProxy):
                if value.js_id in ids:
                    found.append({"module": module, "variable": path})
            elif id(value) not in seen and not isinstance(value, _EMPTY):
                seen.add(id(value))
                further += [(inner, module, path + step) for inner, step in _inside(value)]
        edge = further
    return json.dumps({"variables": found[:_MOST]})


def _inside(value: object) -> list[tuple[object, str]]:
    """What an object holds, each with how a reader would write the way to it."""
    if isinstance(value, dict):
        return [(inner, f"[{key!r}]") for key, inner in list(value.items())]
    if isinstance(value, (list, tuple)):
        return [(inner, f"[{number}]") for number, inner in enumerate(value)]
    if isinstance(value, types.FunctionType):
        names = value.__code__.co_freevars
        cells = zip(names, value.__closure__ or (), strict=True)
        closed = [(_content(cell), f" (its variable {name})") for name, cell in cells]
        return closed + [(inner, " (a default of it)") for inner in value.__defaults__ or ()]
    try:
        held = getattr(value, "__dict__", None)
    except Exception:  # noqa: BLE001  Flask's `g`, outside of a request
        held = None
    known = dict(held) if isinstance(held, (dict, types.MappingProxyType)) else {}
    inside = [(inner, f".{name}") for name, inner in known.items()]
    ids = {id(held), *map(id, known.values())}
    # Slots, sets, caches: there is no name for the way.
    return inside + [(each, " (inside)") for each in gc.get_referents(value) if id(each) not in ids]


def _content(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return None


prepare()
