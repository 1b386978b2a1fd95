"""What runs inside the build worker: import the app, find its entry points, leave nothing behind.

Made a module of its own (`_worker_snapshot`) by the build worker, and gone from the image.
"""

import gc
import importlib
import json
import linecache
import sys
import traceback
import types

ENTRY = "@entry@"
APP = "@app@"


def _frames(error: BaseException) -> list[dict[str, object]]:
    return [
        {"file": frame.filename, "line": frame.lineno, "name": frame.name, "text": frame.line}
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def _described(error: BaseException) -> dict[str, object]:
    described = {
        "kind": "import",
        "type": type(error).__name__,
        "message": "".join(traceback.format_exception_only(error)).strip(),
        "frames": _frames(error),
    }
    if isinstance(error, SyntaxError):
        described |= {"kind": "syntax", "file": error.filename, "line": error.lineno}
    if isinstance(error, ModuleNotFoundError):
        described |= {"missing": error.name}
    if hasattr(error, "javascript_module"):
        described |= {"javascript": error.javascript_module}
    return described


def prepare() -> None:
    """Our own runtime, before the app: its loop, its door, the modules that every worker needs."""
    sys.path.insert(0, APP)
    from worker_sys import _loop

    _loop.install()
    importlib.import_module("worker._dispatch")


def load() -> str:
    """Import the entry module; JSON of its manifest, or of what went wrong."""
    try:
        importlib.import_module(ENTRY)
        from worker_macros import registry

        return json.dumps({"manifest": registry.manifest()})
    except BaseException as error:  # noqa: BLE001  an app may raise anything at import
        return json.dumps({"error": _described(error)})


def tidy() -> None:
    """Drop what only the build needed."""
    linecache.clearcache()
    from worker_sys import _entropy

    for _ in range(2):
        gc.collect()
    _entropy.remember()


def references() -> str:
    """JSON of the module-level variables that hold a JavaScript object."""
    from pyodide.ffi import JsProxy

    held = [
        {"module": name, "variable": variable}
        for name, module in sorted(sys.modules.items())
        if isinstance(module, types.ModuleType)
        and not name.startswith(("pyodide", "_pyodide", "js"))
        for variable, value in sorted(vars(module).items())
        if isinstance(value, JsProxy)
    ]
    return json.dumps({"variables": held})


prepare()
