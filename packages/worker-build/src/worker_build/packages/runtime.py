"""The runtime wheels: `worker`, `worker-sys` and `worker-macros` of worker-build's own version.

The index has packages of these names that are somebody else's, so a build never takes them from
there. An installed worker-build carries the wheels in its folder `wheels`; in a checkout of the
workspace they are built from the packages next to it.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.utils import parse_wheel_filename

from worker_build.errors import BuildError
from worker_build.packages import build, store

__all__ = ["NAMES", "collect", "version", "wheels"]

NAMES: Final = ("worker", "worker-macros", "worker-sys")

_HERE = Path(__file__).resolve().parent.parent
_CARRIED = _HERE / "wheels"
_PACKAGES = _HERE.parents[2]


def version() -> str:
    """Return the version that all packages of the workspace share."""
    return metadata.version("worker-build")


def wheels() -> dict[str, Path]:
    """Return the wheel of each runtime package, by its name.

    Raises:
        BuildError: WB902 when this worker-build has none.
    """
    if all((_PACKAGES / name / "pyproject.toml").is_file() for name in NAMES):
        return {name: build.from_folder(_PACKAGES / name) for name in NAMES}
    found = {parse_wheel_filename(path.name)[0]: path for path in _CARRIED.glob("*.whl")}
    missing = [name for name in NAMES if name not in found]
    if missing:
        raise BuildError(
            "WB902",
            f"this worker-build does not carry the wheels of {', '.join(missing)}",
            str(_CARRIED),
            "install worker-build from a released wheel",
        )
    return {str(name): path for name, path in sorted(found.items())}


def find_links() -> Path:
    """Return one folder that holds the runtime wheels and nothing else, for uv to search."""
    found = wheels()
    sums = {name: store.sha256(path) for name, path in found.items()}
    key = hashlib.sha256(repr(sorted(sums.items())).encode()).hexdigest()

    def whole(home: Path) -> bool:
        return all(
            (home / path.name).is_file() and store.sha256(home / path.name) == sums[name]
            for name, path in found.items()
        )

    def fill(aside: Path) -> None:
        for path in found.values():
            shutil.copyfile(path, aside / path.name)

    return store.entry("runtime", key, whole=whole, fill=fill)


def collect(folder: Path) -> None:
    """Put the runtime wheels into `folder`: how `src/worker_build/wheels` is made for a release."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    for path in wheels().values():
        shutil.copyfile(path, folder / path.name)


if __name__ == "__main__":
    collect(Path(sys.argv[1]))
