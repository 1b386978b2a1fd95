"""Variants of a real bundle: with less in it, or with marks."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from benchmarks import workerd

HERE = Path(__file__).parent
MAIN, IMAGE = "python.wasm", "image.wasm"
_ANSWER = "export default { fetch() { return new Response('Hello, world!'); } };"
_WHOLE = """import worker from './shim.mjs';
mark('started');
const fetch = (...args) => { mark('asked'); return worker.fetch(...args); };
export default { ...worker, fetch };"""
_BOOTSTRAP = re.compile(r"^.*\bAPI\.finalizeBootstrap\(.*;$", re.MULTILINE)


class ChangedError(Exception):
    """The bundle is not what the profile knows."""


def loading(bundle: Path, folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """A worker that imports some of a bundle's wasm modules, and answers in JavaScript."""
    return _worker(bundle, folder, list(names), [], _ANSWER)


def whole(bundle: Path, folder: Path) -> dict[str, Path]:
    """The worker itself, with marks.

    Raises:
        ChangedError: a place that is marked is not in the bundle.
    """
    names = [path.name for path in sorted(bundle.glob("*.wasm"))]
    if not {MAIN, IMAGE} <= set(names):
        raise ChangedError(f"the bundle has no {MAIN} or no {IMAGE}")
    scripts = [path.relative_to(bundle) for path in bundle.rglob("*.mjs")]
    worker = _worker(bundle, folder, names, scripts, _WHOLE)
    boot = worker["boot.mjs"]
    text, count = _BOOTSTRAP.subn(
        "console.log('mark: bootstrap begins');\n\\g<0>\nconsole.log('mark: bootstrap ends');",
        boot.read_text("utf-8"),
    )
    if count != 1:
        raise ChangedError(f"boot.mjs calls finalizeBootstrap in {count} places, not in 1")
    boot.write_text(text, "utf-8")
    return worker


def _worker(
    bundle: Path, folder: Path, names: list[str], scripts: list[Path], rest: str
) -> dict[str, Path]:
    """Copy what is asked for, and lay the marks over it; wasm comes first, then the marks."""
    folder.mkdir(parents=True)
    for file in [*map(Path, names), *scripts]:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundle / file, folder / file)
    shutil.copyfile(HERE / "marks.mjs", folder / "marks.mjs")
    imports = [f"import m{number} from './{name}';" for number, name in enumerate(names)]
    marked = ", ".join(
        f"[m{number}, {json.dumps(name)}]"
        for number, name in enumerate(names)
        if name in {MAIN, IMAGE}
    )
    table = f"export const names = new Map([{marked}]);"
    (folder / "profiled.mjs").write_text("\n".join([*imports, table, ""]), "utf-8")
    entry = f"import {{ mark }} from './marks.mjs';\n{rest}\n"
    (folder / "entry.mjs").write_text(entry, "utf-8")
    return workerd.modules(folder, "entry.mjs")
