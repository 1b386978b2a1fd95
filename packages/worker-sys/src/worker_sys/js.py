"""The one door to JavaScript: no other module of the project imports `js` or `pyodide`.

`js.Response`, `js.Object` … are the globals of the worker. Beside them stand `js.ffi` (Pyodide's conversion functions and
proxy types), `js.webloop` (its event loop), `js.JsException`, and `js.runtime`, our own JavaScript (`globalThis.__worker__`).

On CPython the module imports, so that editors, type checkers and tests of pure logic work; any use raises `NotInWorker`.
Nothing here is bound at import: a reference in a module global would have to be found again when the image is restored.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from worker_sys.errors import NotInWorker

IN_WORKER: bool = sys.platform == "emscripten"
"""Whether this Python runs in a worker (or in Pyodide elsewhere)."""

_MODULES = {"ffi": "pyodide.ffi", "webloop": "pyodide.webloop"}


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if not IN_WORKER:
        if name == "JsException":
            return _NeverRaised
        raise NotInWorker(f"js.{name}")
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name == "JsException":
        return importlib.import_module("pyodide.ffi").JsException
    import js

    return js.__worker__ if name == "runtime" else getattr(js, name)


class _NeverRaised(Exception):  # noqa: N818  stands for JsException where none can occur
    """What `except js.JsException` names on CPython."""
