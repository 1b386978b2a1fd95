"""What the build worker and the bundle share: the interpreter, its files, our JavaScript."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from worker_build import bytecode
from worker_build.config import Release
from worker_build.errors import BuildError
from worker_build.packing import pack, stored
from worker_build.patches import patch_glue
from worker_build.pruning import prune
from worker_build.stage import APP, SITE_PACKAGES, Stage
from worker_build.stdlib import strip
from worker_build.toolchain import Toolchain
from worker_build.wasm import files_module, signal_module

__all__ = ["Interpreter", "gather", "modules_text", "parts_text", "runtime_text"]

_STDLIB = "/lib/python314.zip"
_OF_ONE_SIDE = frozenset({"runtime.mjs", "snapshot.mjs"})


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Everything that both the build worker and the bundle start from.

    Attributes:
        modules: file name to content: the patched glue, our runtime, the interpreter, the files,
            the extensions.
        files: `files.wasm` as the bundle has it: of libraries, packed.
        extensions: path in the file system to the file name of its module.
        javascript: the app's own JavaScript: path in the file system to file name.
        env: Python's environment.
        docstrings: whether the image has those of the standard library and of our packages.
        saved: bytes that `strip-stdlib` has left out.
        bytecode: where the cache has the bytecode of sources, see `bytecode.owners`.
    """

    modules: Mapping[str, bytes] = field(repr=False)
    files: bytes = field(repr=False)
    extensions: Mapping[str, str]
    javascript: Mapping[str, str]
    env: Mapping[str, str]
    bytecode: Mapping[str, str] = field(repr=False)
    docstrings: bool = True
    saved: int = 0


def gather(toolchain: Toolchain, stage: Stage, release: Release) -> Interpreter:
    """Gather the modules for a staged project; the hash seed is derived from its content.

    Args:
        toolchain: where Pyodide is.
        stage: the project's files.
        release: what the bundle is made without.

    Raises:
        BuildError: WB901, a patch does not match Pyodide's glue; WB409, an extension module needs
            what the interpreter does not have.
    """
    pyodide = toolchain.package("pyodide")
    files = {file.vfs: file.path.read_bytes() for file in stage.files}
    extensions = {
        file.vfs: (f"extension-{number}.wasm", file.path.read_bytes())
        for number, file in enumerate(stage.extensions)
    }
    javascript = {
        path: f"app/{path.removeprefix(APP + '/')}"
        for path in sorted(files)
        if path.startswith(APP) and path.endswith(".mjs")
    }
    sources = [content for path, content in files.items() if path.endswith(".py")]
    pruned = prune(
        toolchain,
        patch_glue((pyodide / "pyodide.asm.mjs").read_text("utf-8")),
        pyodide / "pyodide.asm.wasm",
        extensions={path: content for path, (_, content) in extensions.items()},
        runtime=[path.read_text("utf-8") for path in _runtime()],
        sources=sources,
        minify=release.minify,
    )
    library = stored((pyodide / "python_stdlib.zip").read_bytes())
    short = _stripped(library, sources, release.keep_stdlib) if release.strip_stdlib else library
    # The largest first: its blocks are the same for every project.
    packed = {_STDLIB: short} | {
        path: content for path, content in files.items() if path.startswith(SITE_PACKAGES)
    }
    own = {path: content for path, content in files.items() if path not in packed}
    blocks = pack(packed.values())
    modules = {
        "pyodide.asm.mjs": pruned.glue,
        "python.wasm": pruned.module,
        "sentinel.wasm": _sentinel((pyodide / "pyodide.mjs").read_text("utf-8")),
        "signal.wasm": signal_module(),
        "files.wasm": files_module({**own, **packed}, empty=extensions),
        **dict(extensions.values()),
        **{name: files[path] for path, name in javascript.items()},
        **{path.name: path.read_bytes() for path in _runtime() if path.name not in _OF_ONE_SIDE},
    }
    seed = int(hashlib.sha256(stage.digest.encode()).hexdigest(), 16) % 2**32
    env = {"PYTHONHASHSEED": str(seed), **({} if release.columns else {"PYTHONNODEBUGRANGES": "1"})}
    switches = f"{release.columns}, {release.docstrings}"
    how = f"{toolchain.version('pyodide')}, {switches}, {runtime_text('bytecode.py')}"
    return Interpreter(
        modules,
        files_module(own, empty=extensions, packed=packed, blocks=blocks),
        {path: name for path, (name, _) in extensions.items()},
        javascript,
        env,
        bytecode.owners(_STDLIB, library, stage.dependencies, how),
        docstrings=release.docstrings,
        saved=_weight(library) - _weight(short) if release.strip_stdlib else 0,
    )


def _weight(library: bytes) -> int:
    """Bytes that a standard library takes in the bundle."""
    return sum(map(len, pack([library])))


def _stripped(library: bytes, sources: Iterable[bytes], keep: Iterable[str]) -> bytes:
    """The standard library that these sources, and our own beside them, can reach."""
    folder = resources.files("worker_build") / "runtime"
    ours = [path.read_text("utf-8") for path in Path(str(folder)).glob("*.py")]
    texts = [source.decode("utf-8", "replace") for source in sources]
    return strip(library, [*ours, *texts], keep).archive


def _runtime() -> list[Path]:
    """The JavaScript that the build worker or the bundle contains."""
    folder = Path(str(resources.files("worker_build"))) / "runtime"
    return sorted(folder.glob("*.mjs"))


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


def parts_text(
    start: Interpreter, wasm: Mapping[str, bytes] | None = None, *, with_image: bool = False
) -> str:
    """The generated `parts.mjs`: imports of every wasm module, and tables that find them.

    Args:
        start: what was gathered.
        wasm: the small modules that Python's start compiled, by file name.
        with_image: whether there is an `image.wasm` to start from.
    """
    small = wasm or {}
    names = [
        "python.wasm",
        "sentinel.wasm",
        "signal.wasm",
        "files.wasm",
        *start.extensions.values(),
        *small,
    ]
    if with_image:
        names.append("image.wasm")
    variable = {name: f"m{number}" for number, name in enumerate(names)}
    extensions = ((path, variable[name]) for path, name in sorted(start.extensions.items()))
    known = ((content.hex(), variable[name]) for name, content in small.items())
    lines = [
        *(f"import {variable[name]} from './{name}';" for name in names),
        "",
        "export const parts = {",
        f"  main: {variable['python.wasm']},",
        f"  sentinel: {variable['sentinel.wasm']},",
        f"  files: {variable['files.wasm']},",
        *([f"  image: {variable['image.wasm']},"] if with_image else []),
        f"  extensions: {_map(extensions)},",
        f"  env: {json.dumps(dict(start.env), sort_keys=True)},",
        "};",
        f"export const signal = {variable['signal.wasm']};",
        f"export const modules = {_map(known)};",
    ]
    return "\n".join(lines) + "\n"


def modules_text(start: Interpreter, builtins: Iterable[str]) -> str:
    """The generated `modules.mjs`: the app's JavaScript, and the platform's that it asks for.

    Args:
        start: what was gathered.
        builtins: names such as `node:crypto` and `cloudflare:workers`.
    """
    sources = {path: f"./{name}" for path, name in start.javascript.items()}
    sources |= {name: name for name in sorted(builtins)}
    imports = [
        f"import * as m{number} from {json.dumps(source)};"
        for number, source in enumerate(sources.values())
    ]
    members = ", ".join(f"{json.dumps(name)}: m{number}" for number, name in enumerate(sources))
    return "\n".join([*imports, f"export const javascript = {{ {members} }};"]) + "\n"


def _map(pairs: Iterable[tuple[str, str]]) -> str:
    return f"new Map([{', '.join(f'[{json.dumps(key)}, {value}]' for key, value in pairs)}])"
