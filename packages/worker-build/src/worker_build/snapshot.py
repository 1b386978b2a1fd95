"""The fourth step: import the app inside workerd and take the interpreter's memory.

A build worker (`runtime/snapshot.mjs`) is started by the plain `workerd` binary, with no environment, no network and no
file of this machine but its own modules. It boots Pyodide in its global scope, imports the app there, and answers one
request with the image. What the app may do at import is therefore exactly what the platform allows.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from worker_build.errors import BuildError
from worker_build.patches import patch_glue
from worker_build.toolchain import Toolchain
from worker_build.wasm import files_module

STDLIB = "/lib/python314.zip"
COMPATIBILITY_DATE = "2026-07-30"
SHARED_RUNTIME = ("boot.mjs", "bundlefs.mjs", "host.mjs", "events.mjs", "helpers.mjs")
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Everything that both the build worker and the bundle start from.

    Attributes:
        modules: file name to content: the patched glue, our runtime, the interpreter, the files, the extensions.
        extensions: path in the file system to the file name of its module.
        env: Python's environment.
    """

    modules: Mapping[str, bytes] = field(repr=False)
    extensions: Mapping[str, str]
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The image and what the build learned while taking it.

    Attributes:
        heap: linear memory from address 0.
        memory: what stands beside it in the image, see `runtime/boot.mjs`.
        wasm: the small modules that Python's start compiled, by file name.
        manifest: the registry of entry points.
    """

    heap: bytes = field(repr=False)
    memory: Mapping[str, Any]
    wasm: Mapping[str, bytes]
    manifest: Mapping[str, Any]


def interpreter(
    toolchain: Toolchain, files: Mapping[str, bytes], extensions: Mapping[str, bytes], seed: str
) -> Interpreter:
    """Gather what the build worker and the bundle have in common.

    Args:
        toolchain: where Pyodide is.
        files: content by path, of everything but the standard library.
        extensions: extension modules by path.
        seed: content hash of the build; the hash seed comes from it.
    """
    pyodide = toolchain.package("pyodide")
    names = {path: f"extension-{number}.wasm" for number, path in enumerate(sorted(extensions))}
    modules = {
        "pyodide.asm.mjs": patch_glue((pyodide / "pyodide.asm.mjs").read_text("utf-8")).encode(),
        "python.wasm": (pyodide / "pyodide.asm.wasm").read_bytes(),
        "sentinel.wasm": _sentinel((pyodide / "pyodide.mjs").read_text("utf-8")),
        "files.wasm": files_module(
            {**files, STDLIB: (pyodide / "python_stdlib.zip").read_bytes()}, empty=names
        ),
        **{name: extensions[path] for path, name in names.items()},
        **{path.name: path.read_bytes() for path in shared_runtime()},
    }
    env = {"PYTHONHASHSEED": str(int(hashlib.sha256(seed.encode()).hexdigest(), 16) % 2**32)}
    return Interpreter(modules, names, env)


def shared_runtime() -> list[Path]:
    """The JavaScript that both the build worker and the bundle contain."""
    own = {"runtime.mjs", "snapshot.mjs"}
    folder = Path(str(resources.files("worker_build"))) / "runtime"
    return sorted(path for path in folder.glob("*.mjs") if path.name not in own)


def runtime_text(name: str) -> str:
    """The text of one of our runtime files."""
    return resources.files("worker_build").joinpath("runtime", name).read_text("utf-8")


def _sentinel(loader: str) -> bytes:
    found = re.search(r'"(AGFzbQ[A-Za-z0-9+/=]+)"', loader)
    if found is None:
        raise BuildError(
            "WB901",
            "Pyodide's loader has no error sentinel where it is expected",
            where="pyodide.mjs",
            fix="use the Pyodide that this worker-build pins",
        )
    return base64.b64decode(found[1])


def parts_module(
    start: Interpreter, *, image: str | None = None, extra: str = "", wasm: Mapping[str, bytes] | None = None
) -> str:
    """The generated `parts.mjs`: static imports of every wasm module, and the tables that find them."""
    small = wasm or {}
    names = ["python.wasm", "sentinel.wasm", "files.wasm", *start.extensions.values(), *small]
    variables = {name: f"m{number}" for number, name in enumerate(names)}
    lines = [f"import {variable} from './{name}';" for name, variable in variables.items()]
    if image:
        lines.append(f"import image from './{image}';")
    table = ", ".join(
        f"[{json.dumps(path)}, {variables[name]}]" for path, name in sorted(start.extensions.items())
    )
    known = ", ".join(f"[{json.dumps(content.hex())}, {variables[name]}]" for name, content in small.items())
    lines += [
        "export const parts = {",
        f"  main: {variables['python.wasm']}, sentinel: {variables['sentinel.wasm']},"
        f" files: {variables['files.wasm']},",
        f"  extensions: new Map([{table}]),",
        f"  env: {json.dumps(dict(start.env), sort_keys=True)},",
        *(["  image,"] if image else []),
        "};",
        f"export const modules = new Map([{known}]);",
    ]
    return "\n".join(lines) + "\n" + extra


def take(toolchain: Toolchain, start: Interpreter, *, entry: str, paths: tuple[str, ...], root: str) -> Snapshot:
    """Import `entry` in the build worker and take the image.

    Args:
        toolchain: where workerd is.
        start: what `interpreter` gathered.
        entry: the module that is imported.
        paths: what goes in front of `sys.path`.
        root: where the app's own files are; frames of tracebacks outside it are not the user's.

    Raises:
        BuildError: WB11x, the app cannot be imported; WB305, workerd does not start.
    """
    bootstrap = runtime_text("snapshot.py")
    for key, value in {"entry": entry, "root": root, "paths": ":".join(paths)}.items():
        bootstrap = bootstrap.replace(f"@{key}@", value)
    loader = (
        "import sys, types\n"
        "module = sys.modules['_worker_snapshot'] = types.ModuleType('_worker_snapshot')\n"
        f"exec(compile({bootstrap!r}, '<worker-build>', 'exec'), module.__dict__)\n"
    )
    parts = parts_module(start, extra=f"export const bootstrap = {json.dumps(loader)};\n")
    modules = {**start.modules, "parts.mjs": parts.encode(), "snapshot.mjs": runtime_text("snapshot.mjs").encode()}
    answer, heap = _ask(toolchain, modules)
    if "error" in answer:
        raise _refusal(answer["error"], root)
    found = answer["answer"]
    wasm = {f"small-{number}.wasm": bytes.fromhex(code) for number, code in enumerate(found["wasm"])}
    return Snapshot(heap=heap, memory=found["memory"], wasm=wasm, manifest=found["manifest"])


def _refusal(error: Mapping[str, Any], root: str) -> BuildError:
    frames = [frame for frame in error.get("frames", ()) if str(frame["file"]).startswith(root)]
    where = f"{frames[-1]['file'].removeprefix(root).lstrip('/')}:{frames[-1]['line']}" if frames else None
    trace = "\n".join(f"  {frame['file']}:{frame['line']} in {frame['name']}\n    {frame['text']}" for frame in frames)
    message = error.get("message") or json.dumps(error)
    return BuildError("WB110", f"{message}\n{trace}".rstrip(), where=where)


def _ask(toolchain: Toolchain, modules: Mapping[str, bytes]) -> tuple[dict[str, Any], bytes]:
    """Run the build worker over `modules` (its main module last) and return its answer."""
    with tempfile.TemporaryDirectory(prefix="worker-build-") as name:
        folder = Path(name)
        for module, content in modules.items():
            (folder / module).write_bytes(content)
        (folder / "config.capnp").write_text(_config(modules), "utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = folder / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [toolchain.workerd, "serve", "config.capnp", "--socket-addr", f"http=127.0.0.1:{port}"],
                cwd=folder, env={}, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                body = _fetch(process, port)
            except (OSError, http.client.HTTPException) as error:
                raise BuildError(
                    "WB305",
                    f"the build worker did not answer: {error}\n{log.read_text('utf-8', 'replace')[-4000:]}",
                ) from error
            finally:
                process.kill()
                process.wait()
        (length,) = struct.unpack_from("<I", body)
        return json.loads(body[4 : 4 + length]), body[4 + length :]


def _fetch(process: subprocess.Popen[bytes], port: int) -> bytes:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/")
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise http.client.HTTPException(f"status {response.status}: {body[:400]!r}")
            return body
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        finally:
            connection.close()


def _config(modules: Mapping[str, bytes]) -> str:
    names = ["snapshot.mjs", *sorted(set(modules) - {"snapshot.mjs"})]
    entries = ",\n".join(
        f'    (name = "{name}", {"esModule" if name.endswith(".mjs") else "wasm"} = embed "{name}")'
        for name in names
    )
    return f"""using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .build), (name = "nowhere", network = (allow = []))],
  sockets = [(name = "http", http = (), service = "main")]
);
const build :Workerd.Worker = (
  modules = [
{entries}
  ],
  compatibilityDate = "{COMPATIBILITY_DATE}",
  globalOutbound = "nowhere"
);
"""
