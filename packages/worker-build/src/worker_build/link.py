"""The fifth step: a snapshot becomes a bundle, and the bundle is put in place whole.

build/
    index.js            the same worker under the name that other tools expect
    manifest.json       entry points, versions and sizes; never uploaded
    worker/shim.mjs     the generated exports, and beside them every module they need
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worker_macros.codegen import exports
from worker_macros.problems import problems

from worker_build.errors import BuildError
from worker_build.images import Snapshot
from worker_build.interpreter import Interpreter, modules_text, parts_text, runtime_text
from worker_build.pruning import strip_data
from worker_build.stage import APP

_INDEX = "export * from './worker/shim.mjs';\nexport { default } from './worker/shim.mjs';\n"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_ASIDE = ".worker-build-"
_ABANDONED_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Bundle:
    """A finished worker.

    Attributes:
        files: content by path below the output folder, sorted.
        manifest: what `manifest.json` says.
    """

    files: Mapping[str, bytes] = field(repr=False)
    manifest: Mapping[str, Any]

    @property
    def worker(self) -> dict[str, bytes]:
        """The files that are uploaded, by name."""
        return {path: content for path, content in self.files.items() if path.startswith("worker/")}


def link(start: Interpreter, snapshot: Snapshot, versions: Mapping[str, str]) -> Bundle:
    """Generate the shim and gather the modules of the bundle.

    Raises:
        BuildError: WB115, the entry points do not fit together.
    """
    for problem in problems(snapshot.manifest):
        what, where = (text.replace(f"{APP}/", "") for text in (problem.what, problem.where))
        raise BuildError("WB115", what, where=where or None, fix=problem.fix)
    worker: dict[str, bytes] = {
        **start.modules,
        "files.wasm": start.files,
        "python.wasm": strip_data(start.modules["python.wasm"]).module,
        **snapshot.wasm,
        "image.wasm": snapshot.image,
        "parts.mjs": parts_text(start, snapshot.wasm, with_image=True).encode(),
        "modules.mjs": modules_text(start, snapshot.javascript).encode(),
        "runtime.mjs": runtime_text("runtime.mjs").encode(),
        "shim.mjs": exports.shim(snapshot.manifest).encode(),
    }
    files = {f"worker/{name}": content for name, content in sorted(worker.items())}
    files["index.js"] = _INDEX.encode()
    manifest = {
        **snapshot.manifest,
        **({"stripped_stdlib": start.saved} if start.saved else {}),
        "versions": dict(sorted(versions.items())),
        "files": {path: len(content) for path, content in sorted(files.items())},
    }
    files["manifest.json"] = (json.dumps(manifest, indent=2) + "\n").encode()
    return Bundle(dict(sorted(files.items())), manifest)


def put(bundle: Bundle, out_dir: Path) -> None:
    """Replace `out_dir` by the bundle in one step; until then the old one stays as it is.

    Raises:
        BuildError: WB120, the folder cannot be written, or holds something that is not a bundle.
    """
    _check_ours(out_dir)
    try:
        out_dir.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out_dir)
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=out_dir.parent))
    except OSError as error:
        raise _unwritable(error, out_dir) from error
    try:
        for path, content in bundle.files.items():
            target = aside / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        aside.chmod(0o755)
        _swap(aside, out_dir)
    except OSError as error:
        raise _unwritable(error, out_dir) from error
    finally:
        # After the exchange this is the old bundle; after a failure, the unfinished one.
        shutil.rmtree(aside, ignore_errors=True)


def _sweep(out_dir: Path) -> None:
    """Remove what killed builds left behind; one that still writes is younger than that."""
    for left in out_dir.parent.glob(f"{_ASIDE}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def is_bundle(folder: Path) -> bool:
    """Whether a build made this folder."""
    return all((folder / name).is_file() for name in ("manifest.json", "worker/shim.mjs"))


def _check_ours(out_dir: Path) -> None:
    if not out_dir.exists() or is_bundle(out_dir):
        return
    if not out_dir.is_dir() or any(out_dir.iterdir()):
        raise BuildError(
            "WB120",
            "the output folder holds something that is not a bundle, and would be replaced",
            where=str(out_dir),
            fix="choose another folder with --out-dir, or remove this one",
        )


def _unwritable(error: OSError, out_dir: Path) -> BuildError:
    fix = (
        "free some space"
        if error.errno == errno.ENOSPC
        else "make the folder writable, or use --out-dir"
    )
    return BuildError(
        "WB120", f"the bundle cannot be written: {error.strerror}", where=str(out_dir), fix=fix
    )


def _swap(new: Path, old: Path) -> None:
    """Put `new` in the place of `old`; what was there is at `new` afterwards."""
    if not old.exists():
        new.rename(old)
        return
    if not _exchange(new, old):
        # No exchange on this system: for a moment neither is there.
        spare = new.with_name(new.name + "-old")
        old.rename(spare)
        new.rename(old)
        spare.rename(new)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders atomically, where the system can."""
    with contextlib.suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None, use_errno=True)
        first, second = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return libc.renamex_np(first, second, _RENAME_EXCHANGE) == 0
        return libc.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE) == 0
    return False
