"""The fourth step: import the app inside workerd and take the interpreter's memory.

A build worker (`runtime/snapshot.mjs`) boots Pyodide in its global scope, imports the app there,
and answers one request with the image. What the app may do at import is therefore exactly what the
platform allows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from worker_build import images, workerd
from worker_build.images import Snapshot
from worker_build.interpreter import Interpreter, modules_text, parts_text, runtime_text
from worker_build.refusals import refusal
from worker_build.stage import APP
from worker_build.toolchain import Toolchain
from worker_build.wasm import image_module

__all__ = ["Snapshot", "take"]

_BUILTIN = ("node:", "cloudflare:")


def take(toolchain: Toolchain, start: Interpreter, *, entry: str) -> Snapshot:
    """Import `entry` in the build worker and take the image, unless the cache has it.

    Raises:
        BuildError: WB11x, the app cannot be imported; WB107, a JavaScript module that is not
            there; WB305, workerd
            does not start; WB304, the cache cannot be written.
    """
    return images.cached(
        images.key(toolchain, {**start.modules, **_own_modules(start, _bootstrap(entry), ())}),
        lambda: _take(toolchain, start, entry),
    )


def _take(toolchain: Toolchain, start: Interpreter, entry: str) -> Snapshot:
    """Run the build worker until it has all that the app asks for.

    A module of the platform that the app asks for must be imported statically, so the first time
    that one is asked for, the build worker is started again with it.
    """
    bootstrap = _bootstrap(entry)
    asked: list[str] = []
    while True:
        answer, heap = _try(toolchain, start, bootstrap, asked)
        error = answer.get("error")
        if error is None:
            found = answer["answer"]
            break
        name = str(error.get("javascript", ""))
        if not name.startswith(_BUILTIN) or name in asked:
            raise refusal(error)
        asked.append(name)
    wasm = {
        f"small-{number}.wasm": bytes.fromhex(code) for number, code in enumerate(found["wasm"])
    }
    image = image_module(heap, found["memory"])
    return Snapshot(image, wasm, tuple(sorted(asked)), found["manifest"])


def _bootstrap(entry: str) -> str:
    """Python source that makes `runtime/snapshot.py` a module of its own."""
    source = runtime_text("snapshot.py").replace("@entry@", entry).replace("@app@", APP)
    return (
        "import sys, types\n"
        "module = sys.modules['_worker_snapshot'] = types.ModuleType('_worker_snapshot')\n"
        f"exec(compile({source!r}, '<worker-build>', 'exec'), module.__dict__)\n"
    )


def _try(
    toolchain: Toolchain, start: Interpreter, bootstrap: str, asked: list[str]
) -> tuple[dict[str, Any], bytes]:
    modules = {**start.modules, **_own_modules(start, bootstrap, asked)}
    return workerd.ask(toolchain, "snapshot.mjs", modules, flags=tuple(_flags(asked)))


def _own_modules(start: Interpreter, bootstrap: str, asked: Sequence[str]) -> dict[str, bytes]:
    """The modules that only the build worker has."""
    return {
        "parts.mjs": parts_text(start).encode(),
        "modules.mjs": modules_text(start, asked).encode(),
        "bootstrap.mjs": f"export const bootstrap = {json.dumps(bootstrap)};\n".encode(),
        "snapshot.mjs": runtime_text("snapshot.mjs").encode(),
    }


def _flags(asked: list[str]) -> Iterator[str]:
    if any(name.startswith("node:") for name in asked):
        yield "nodejs_compat"
