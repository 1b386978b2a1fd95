"""The fourth step: import the app inside workerd and take the interpreter's memory.

A build worker (`runtime/snapshot.mjs`) boots Pyodide in its global scope, imports the app there,
and answers one request with the image. What the app may do at import is therefore exactly what the
platform allows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from worker_build import bytecode, clocks, images, workerd
from worker_build.clocks import Clock
from worker_build.images import Snapshot
from worker_build.interpreter import Interpreter, modules_text, parts_text, runtime_text
from worker_build.placing import check_places
from worker_build.pruning import strip_data
from worker_build.refusals import allows, drawn_refusal, place, refusal
from worker_build.stage import APP, SITE_PACKAGES
from worker_build.toolchain import Toolchain
from worker_build.wasm import image_module, module_name

__all__ = ["Snapshot", "take"]

_BUILTIN = ("node:", "cloudflare:")

_KNOWN_ENTROPY = (
    # The key by which processes know each other: there are none in a worker. Django imports it.
    "multiprocessing.process",
    # Names of context keys, which only must differ from each other: FastAPI brings it.
    "opentelemetry.context",
)
"""Modules whose draws at import are no secret, and harm nothing when they are fixed."""


def take(
    toolchain: Toolchain,
    start: Interpreter,
    *,
    entry: str,
    preload: Sequence[str] = (),
    allow_entropy: Sequence[str] = (),
    clock: Clock = Clock(),  # noqa: B008  it is frozen
) -> Snapshot:
    """Import `entry` in the build worker and take the image, unless the cache has it.

    Args:
        toolchain: where workerd is.
        start: what was gathered.
        entry: the module to import.
        preload: modules to import after it.
        allow_entropy: modules that may draw randomness at import, with all below them; what they
            draw is fixed in the image.
        clock: what the project says about the clock at import.

    Raises:
        BuildError: WB11x, the app cannot be imported; WB107, a JavaScript module that is not
            there; WB305, workerd does not start; WB304, the cache cannot be written; WB411, an
            extension module is not where the image has it.
    """
    allowed = sorted({*_KNOWN_ENTROPY, *allow_entropy})
    watching = _bootstrap(entry, preload, clock, watch=True)
    bootstrap = _bootstrap(entry, preload, clock)
    own = _own_modules(start, bootstrap, ())
    own["allowed"] = "\0".join([*allowed, "", *clock.allowed]).encode()
    snapshot = images.cached(
        images.key(toolchain, {**start.modules, **own}),
        lambda: _take(toolchain, start, (bootstrap, watching), allowed, clock),
    )
    check_places(
        snapshot.image, {path: start.modules[file] for path, file in start.extensions.items()}
    )
    return snapshot


def _take(
    toolchain: Toolchain,
    start: Interpreter,
    bootstraps: tuple[str, str],
    allowed: Sequence[str],
    clock: Clock,
) -> Snapshot:
    """Run the build worker until it has all that the app asks for.

    A module of the platform that the app asks for must be imported statically, so the first time
    that one is asked for, the build worker is started again with it. So it is once more when
    modules had to be compiled, which are bytecode then.
    """
    bootstrap, watching = bootstraps
    asked: list[str] = []
    known = bytecode.read(start.bytecode)
    while True:
        answer, heap = _try(toolchain, start, bootstrap, asked, known)
        compiled = bytecode.keep(start.bytecode, answer["compiled"])
        known |= compiled
        error = answer.get("error")
        if error is None:
            if compiled:
                continue
            found = answer["answer"]
            break
        name = str(error.get("javascript", ""))
        if not name.startswith(_BUILTIN) or name in asked:
            raise refusal(error)
        asked.append(name)
    wasm = {
        f"small-{number}.wasm": bytes.fromhex(code) for number, code in enumerate(found["wasm"])
    }
    drawn: list[Mapping[str, Any]] = []
    if found["drawn"] or found["changed"]:
        # Somebody asked for randomness; a run that makes no image finds out who.
        answer, _ = _try(toolchain, start, watching, asked, known)
        if "error" in answer:
            raise refusal(answer["error"])
        drawn = answer["answer"]["draws"]
        if refused := [draw for draw in drawn if not allows(allowed, draw["module"])]:
            raise drawn_refusal(refused)
    data = strip_data(start.modules["python.wasm"]).end
    image = image_module(heap, {**found["memory"], "data": data})
    manifest = {**found["manifest"], "fixed": _fixed(start, found, drawn, clock)}
    return Snapshot(image, wasm, tuple(sorted(asked)), manifest)


def _fixed(
    start: Interpreter,
    found: Mapping[str, Any],
    drawn: Sequence[Mapping[str, Any]],
    clock: Clock,
) -> dict[str, Any]:
    """What is the same in every isolate of one bundle, for the report.

    `hash_seed` is Python's. `entropy` lists who drew randomness at import, `seeded` the random
    generators that were seeded by hand there, `shared_seed` where that was done to the one of the
    module `random`; each as `module file:line`. `native` has the bytes that the code of extension
    modules drew by itself, which no line of Python stands for.
    `clock` and `clock_kept` are those of `clocks.facts`; `clock_native` has the extension modules
    that read the clock by themselves.
    """
    places = [(each["shared"], f"{each['module']} {place(each)}") for each in found["seeded"]]
    return {
        "hash_seed": int(start.env["PYTHONHASHSEED"]),
        "entropy": sorted({f"{draw['module']} {place(draw)}" for draw in drawn}),
        "seeded": sorted(where for shared, where in places if not shared),
        "shared_seed": next((where for shared, where in places if shared), None),
        "native": dict(sorted(found["native"].items())),
        **clocks.facts(found["clock"], clock),
        "clock_native": sorted(found["readers"]),
    }


def _bootstrap(entry: str, preload: Sequence[str], clock: Clock, *, watch: bool = False) -> str:
    """Python source that makes our modules that import the app."""
    parts = {"_worker_seeds": "seeds.py", "_worker_clocks": "clocks.py"}
    if watch:
        parts["_worker_watch"] = "watch.py"
    return _modules(
        {**parts, "_worker_snapshot": "snapshot.py"},
        entry=entry,
        preload=" ".join(preload),
        watch="watch" if watch else "",
        clock=json.dumps({"known": clocks.KNOWN, "reset": clock.reset}),
    )


def _modules(parts: Mapping[str, str], **values: str) -> str:
    """Python source that makes each part of `runtime/` that runs here a module of its own."""
    lines = ["import sys"]
    for name, file in parts.items():
        source = runtime_text(file)
        for key, value in {"app": APP, **values}.items():
            source = source.replace(f"@{key}@", value)
        lines += [
            f"module = sys.modules[{name!r}] = type(sys)({name!r})",
            f"exec(compile({source!r}, '<worker-build>', 'exec'), module.__dict__)",
        ]
    return "\n".join(lines) + "\n"


def _try(
    toolchain: Toolchain,
    start: Interpreter,
    bootstrap: str,
    asked: Sequence[str],
    known: Mapping[str, str],
) -> tuple[dict[str, Any], bytes]:
    modules = {**start.modules, **_own_modules(start, bootstrap, asked)}
    modules["bytecode.wasm"] = bytecode.module(known)
    return workerd.ask(toolchain, "snapshot.mjs", modules, flags=workerd.flags_for(asked))


def _named_extensions(start: Interpreter) -> dict[str, bytes]:
    """Extension modules under a name that the engine's stack traces show."""
    return {
        file: start.modules[file] + module_name(_dotted(path))
        for path, file in start.extensions.items()
    }


def _dotted(path: str) -> str:
    module, _, _ = path.removeprefix(f"{SITE_PACKAGES}/").partition(".")
    return module.replace("/", ".")


def _own_modules(start: Interpreter, bootstrap: str, asked: Sequence[str]) -> dict[str, bytes]:
    """The modules that only the build worker has, but for the bytecode, which changes no image."""
    kept = "kept" if start.docstrings else ""
    texts = {
        "begin": _modules({"_worker_bytecode": "bytecode.py"}, docstrings=kept),
        "bootstrap": bootstrap,
    }
    exports = (f"export const {name} = {json.dumps(text)};\n" for name, text in texts.items())
    return {
        **_named_extensions(start),
        "parts.mjs": parts_text(start).encode(),
        "modules.mjs": modules_text(start, asked).encode(),
        "bootstrap.mjs": "".join(exports).encode(),
        "snapshot.mjs": runtime_text("snapshot.mjs").encode(),
    }
