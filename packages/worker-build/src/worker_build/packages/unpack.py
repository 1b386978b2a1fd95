"""Wheels to files: what their RECORD lists, checked against its hashes, in the cache."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile

from installer.exceptions import InstallerError
from installer.sources import WheelFile
from installer.utils import parse_metadata_file

from worker_build.errors import BuildError
from worker_build.packages import store

__all__ = ["File", "unpack"]

_KEPT_SCHEMES = ("purelib", "platlib")


@dataclass(frozen=True, slots=True)
class File:
    """One file of an unpacked wheel.

    Attributes:
        name: its path under `site-packages`, with forward slashes.
        path: where its bytes are on this machine.
        sha256: of its bytes, in hexadecimal.
        size: in bytes.
    """

    name: str
    path: Path
    sha256: str
    size: int


def unpack(wheel: Path) -> tuple[File, ...]:
    """Unpack a wheel's importable files; scripts, headers and data outside of packages stay out.

    Args:
        wheel: a wheel file.

    Returns:
        Its files, sorted by name.

    Raises:
        BuildError: WB407 when the file is no wheel or not what its RECORD says.
    """

    def fill(aside: Path) -> None:
        try:
            files = dict(_write(wheel, aside / "files"))
        except (BadZipFile, InstallerError, KeyError, ValueError, AssertionError) as error:
            raise BuildError(
                "WB407",
                f"{wheel.name} is not a sound wheel: {error}",
                fix="build it again, or tell its authors; `worker-build clean --cache` drops a "
                "damaged download",
            ) from None
        (aside / "files.json").write_text(json.dumps(files), encoding="utf-8")

    home = store.entry("unpacked", store.sha256(wheel), whole=_whole, fill=fill)
    return tuple(_listed(home))


def _write(wheel: Path, root: Path) -> Iterator[tuple[str, tuple[str, int]]]:
    with WheelFile.open(wheel) as source:
        source.validate_record()
        info = parse_metadata_file(source.read_dist_info("WHEEL"))
        default = "purelib" if info.get("Root-Is-Purelib") == "true" else "platlib"
        for (name, recorded, _), stream, _ in source.get_contents():
            scheme, inside = _scheme(name, source.data_dir, default)
            if scheme not in _KEPT_SCHEMES:
                continue
            target = root / _safe(inside)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(stream.read())
            found = store.sha256(target)
            if recorded and recorded != f"sha256={_record_hash(found)}":
                raise ValueError(f"{name} is not what RECORD says")
            yield inside, (found, target.stat().st_size)


def _scheme(name: str, data_dir: str, default: str) -> tuple[str, str]:
    parts = PurePosixPath(name).parts
    if parts[0] == data_dir and len(parts) > 2:
        return parts[1], "/".join(parts[2:])
    return default, name


def _safe(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise ValueError(f"{name} lies outside of the wheel")
    return name


def _record_hash(hexadecimal: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(hexadecimal)).rstrip(b"=").decode()


def _listed(home: Path) -> Iterator[File]:
    files: dict[str, tuple[str, int]] = json.loads((home / "files.json").read_bytes())
    for name, (sha256, size) in sorted(files.items()):
        yield File(name, home / "files" / name, sha256, size)


def _whole(home: Path) -> bool:
    try:
        return all(
            file.path.stat().st_size == file.size and store.sha256(file.path) == file.sha256
            for file in _listed(home)
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return False
