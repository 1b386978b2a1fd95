"""Build the wheel and the sdist of every package.

    python -m tools.distributions dist

They are built from a copy: nothing that lies about in a checkout gets into an archive. In it,
`worker-build` is given the wheels of the packages that the workers which it builds import.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import uv
from worker_build.packages.runtime import NAMES as RUNTIME

ROOT = Path(__file__).parents[1]
OTHERS = ("worker-build", "worker-sandbox")
LEFT_OUT = shutil.ignore_patterns(
    "build", "dist", "node_modules", "wheels", "__pycache__", ".pytest_cache", ".wrangler"
)


def build(dist: Path) -> None:
    """Put a wheel and an sdist of each package into `dist`, and remove older ones from it.

    Raises:
        subprocess.CalledProcessError: a build failed; uv has said why on standard error.
    """
    dist.mkdir(parents=True, exist_ok=True)
    for old in (*dist.glob("*.whl"), *dist.glob("*.tar.gz")):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in (*RUNTIME, *OTHERS):
            shutil.copytree(ROOT / "packages" / name, copy / name, ignore=LEFT_OUT)
        for name in RUNTIME:
            _build(copy / name, dist)
        carried = copy / "worker-build" / "src" / "worker_build" / "wheels"
        carried.mkdir()
        for wheel in dist.glob("*.whl"):
            shutil.copy(wheel, carried)
        for name in OTHERS:
            _build(copy / name, dist)


def _build(package: Path, dist: Path) -> None:
    options = ("--quiet", "--no-create-gitignore", "--out-dir", dist)
    subprocess.run([uv.find_uv_bin(), "build", *options, package], check=True)


if __name__ == "__main__":
    build(Path(sys.argv[1]).absolute())
