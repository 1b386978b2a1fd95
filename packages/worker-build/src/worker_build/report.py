"""The last step: what was built, how big it is, and whether the platform takes it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worker_build import clocks
from worker_build.errors import BuildError
from worker_build.link import Bundle
from worker_build.packages import store
from worker_build.startup import Startup

LIMIT_BYTES = 64 * 2**20
"""The platform's limit for a worker: all modules, uncompressed."""

_REMEMBERED_BYTES = 2**17


@dataclass(frozen=True, slots=True)
class File:
    """One file of the bundle: its path below the output folder, its bytes, its bytes under gzip."""

    path: str
    size: int
    compressed: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a build made.

    Attributes:
        out_dir: where it is.
        files: what would be uploaded, largest first.
        packages: bytes of each package's files, by name, largest first.
        manifest: entry points and versions, as in `manifest.json`.
        seconds: how long each step took, by name.
        notes: by a package's name, what is worth telling about where it came from.
        startup: what starting it costs, or None where that was not measured.
        warnings: what is no error, and still wants to be read.
    """

    out_dir: Path
    files: tuple[File, ...]
    packages: Mapping[str, int]
    manifest: Mapping[str, Any]
    seconds: Mapping[str, float]
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    startup: Startup | None = None
    warnings: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all modules, which the platform limits to 64 MiB."""
        return sum(file.size for file in self.files)

    @property
    def compressed(self) -> int:
        """Bytes of all modules under gzip: about what an upload costs."""
        return sum(file.compressed for file in self.files)


def measure(bundle: Bundle, out_dir: Path, packages: Mapping[str, int]) -> Report:
    """Measure the files of a bundle.

    Raises:
        BuildError: WB201, it is over the platform's limit.
    """
    with ThreadPoolExecutor() as pool:
        compressed = list(pool.map(_compressed, bundle.worker.values()))
    files = tuple(
        sorted(
            (
                File(path, len(content), size)
                for (path, content), size in zip(bundle.worker.items(), compressed, strict=True)
            ),
            key=lambda file: (-file.size, file.path),
        )
    )
    largest = dict(sorted(packages.items(), key=lambda item: (-item[1], item[0])))
    warnings = tuple(_warnings(bundle.manifest))
    report = Report(out_dir, files, largest, bundle.manifest, {}, warnings=warnings)
    if report.size > LIMIT_BYTES:
        shares = (
            ("the memory after the import", len(bundle.worker["worker/image.wasm"])),
            *largest.items(),
        )
        first = ", ".join(f"{name} {size / 2**20:.1f} MiB" for name, size in shares[:4])
        raise BuildError(
            "WB201",
            f"the bundle has {report.size / 2**20:.1f} MiB;"
            f" the platform takes {LIMIT_BYTES // 2**20} MiB",
            where=str(out_dir),
            fix=f"keep less in module variables, and depend on less; largest are {first}",
        )
    return report


def _warnings(manifest: Mapping[str, Any]) -> Iterator[str]:
    if seeded := manifest["fixed"]["shared_seed"]:
        yield (
            f"the generator of `random` is seeded at import, by {seeded}: every isolate draws the"
            " same numbers; use a generator of your own, `random.Random(42)`, if only you want them"
        )
    yield from clocks.warnings(manifest["fixed"]["clock_kept"])


def _compressed(content: bytes) -> int:
    """Bytes under gzip; what took long to compress is remembered by its content."""

    def compress() -> int:
        return len(gzip.compress(content, 6, mtime=0))

    if len(content) < _REMEMBERED_BYTES:
        return compress()
    return store.value("compressed", hashlib.sha256(content).hexdigest(), compress)
