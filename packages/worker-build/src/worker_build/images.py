"""Images in the cache: the same app on the same runtime is imported once.

An entry is named by the content of everything that the image is made of, and is checked by its
hash when it is read.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from worker_build.packages import store
from worker_build.toolchain import Toolchain

__all__ = ["Snapshot", "cached", "key"]

_KEPT: Final = 24
"""Images of some 17 MB each; the ones used last stay."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The image and what the build learned while taking it.

    Attributes:
        image: the wasm module that writes the heap, see `wasm.image_module`.
        wasm: the small modules that Python's start compiled, by file name.
        javascript: the platform's modules that the app asked for by `js_module`.
        manifest: the registry of entry points.
    """

    image: bytes = field(repr=False)
    wasm: Mapping[str, bytes]
    javascript: tuple[str, ...]
    manifest: Mapping[str, Any]


def key(toolchain: Toolchain, modules: Mapping[str, bytes]) -> str:
    """Name the image that the build worker makes of these modules."""
    return store.name_of(modules, toolchain.version("workerd"))


def cached(name: str, take: Callable[[], Snapshot]) -> Snapshot:
    """Return the snapshot of that name; `take` makes it when it is not in the cache.

    Raises:
        BuildError: WB304, the cache cannot be written; and what `take` raises.
    """
    folder = store.entry("images", name, whole=_is_whole, fill=lambda aside: _write(aside, take()))
    with contextlib.suppress(OSError):
        (folder / "facts.json").touch()
        store.forget_old("images", "facts.json", _KEPT)
    facts = store.read_sealed(folder / "facts.json")
    wasm = {name: bytes.fromhex(code) for name, code in facts["wasm"].items()}
    image = (folder / "image.wasm").read_bytes()
    return Snapshot(image, wasm, tuple(facts["javascript"]), facts["manifest"])


def _write(folder: Path, snapshot: Snapshot) -> None:
    facts: dict[str, Any] = {
        "sha256": hashlib.sha256(snapshot.image).hexdigest(),
        "wasm": {name: content.hex() for name, content in snapshot.wasm.items()},
        "javascript": snapshot.javascript,
        "manifest": snapshot.manifest,
    }
    (folder / "image.wasm").write_bytes(snapshot.image)
    store.write_sealed(folder / "facts.json", facts)


def _is_whole(folder: Path) -> bool:
    try:
        facts = store.read_sealed(folder / "facts.json")
        return facts["sha256"] == store.sha256(folder / "image.wasm")
    except (OSError, ValueError, KeyError, TypeError):
        return False
