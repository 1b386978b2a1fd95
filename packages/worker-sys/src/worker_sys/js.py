"""The one door to JavaScript.

`js.Response`, `js.crypto` and every other global of the runtime are attributes of this module,
looked up when asked for. Five names are not globals: `ffi` (`pyodide.ffi`), `webloop`
(`pyodide.webloop`), `JsException`, `JsProxy`, and `runtime`, the JavaScript half of this package
(`globalThis.__worker__`, made by `runtime/ffi.mjs` of worker-build).

On CPython the module imports, so that what uses it can be read, typed and unit-tested there; asking
for an attribute raises `NotInWorker`.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, Final

from worker_sys.errors import NotInWorker

IN_WORKER: Final = sys.platform == "emscripten"
"""Whether this is Python inside a worker; everything else of this module needs it."""

# Objects of Python, and one object that JavaScript finds again by its path: the heap image can hold
# these.
_LASTING: Final = frozenset({"ffi", "webloop", "JsException", "JsProxy", "runtime"})


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if not IN_WORKER:
        if name == "JsException":
            return _NeverRaised
        raise NotInWorker(f"js.{name}")
    value = _look_up(name)
    if name in _LASTING:
        globals()[name] = value
    return value


class _NeverRaised(Exception):  # noqa: N818  stands for JsException where none can occur
    """What `except js.JsException` names on CPython."""


def _look_up(name: str) -> Any:
    match name:
        case "ffi":
            return importlib.import_module("pyodide.ffi")
        case "webloop":
            return importlib.import_module("pyodide.webloop")
        case "JsException" | "JsProxy":
            return getattr(importlib.import_module("pyodide.ffi"), name)
        case "runtime":
            return importlib.import_module("js").__worker__
        case _:
            return getattr(importlib.import_module("js"), name)
