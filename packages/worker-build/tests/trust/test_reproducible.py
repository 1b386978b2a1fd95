"""The same inputs give the same bytes: warm, cold, in another folder, for another user."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.packages import uv
from worker_build.toolchain import CACHE_VARIABLE

from .conftest import cold_cache, tree, write_project

MAIN = """\
import dataclasses, json, logging, random, tempfile, time, uuid
from worker import Response, Router, event
import helper

STARTED = time.time()
NAMES = {"b", "a", "c"}
generator = random.Random()
router = Router()
router.get("/", lambda req, ctx: Response.ok("hello"))

@event.fetch
async def fetch(req, env, ctx):
    return await router.run(req, env, ctx)
"""
HELPER = "TABLE = {str(n): object() for n in range(1000)}\n"


@dataclass
class Builds:
    first: Mapping[str, bytes]
    warm: Mapping[str, bytes]
    cold: Mapping[str, bytes]
    elsewhere: Mapping[str, bytes]


def build_as_somebody_else(project: Path, home: Path, out: Path) -> None:
    """Build in another process: another home, user, language, time zone, hash seed and folder."""
    home.mkdir()
    told = subprocess.run([uv.binary(), "cache", "dir"], capture_output=True, text=True, check=True)
    subprocess.run(
        [sys.executable, "-m", "worker_build", "build", str(project), "--out-dir", str(out)],
        check=True,
        cwd=home,
        capture_output=True,
        env={
            **os.environ,
            "HOME": str(home),
            "USER": "somebody",
            "LOGNAME": "somebody",
            "LANG": "C",
            "TZ": "Pacific/Auckland",
            "PYTHONHASHSEED": "7",
            "TMPDIR": str(home),
            # What uv has downloaded may stay: it is the cache of worker-build that is cold.
            "UV_CACHE_DIR": told.stdout.strip(),
            CACHE_VARIABLE: str(cold_cache(home / "cache")),
        },
    )


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    root = tmp_path_factory.mktemp("reproducible")
    one = write_project(root / "one", MAIN, helper=HELPER)
    first = tree(pipeline.build(one).out_dir)
    warm = tree(pipeline.build(one).out_dir)
    build_as_somebody_else(one, root / "cold", root / "from-cold")
    other = write_project(root / "deep" / "er" / "project", MAIN, helper=HELPER)
    os.utime(other / "src" / "main.py", (0, 0))
    build_as_somebody_else(other, root / "home", root / "from-elsewhere")
    return Builds(first, warm, tree(root / "from-cold"), tree(root / "from-elsewhere"))


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


@pytest.mark.index
def test_a_warm_cache_gives_the_same_bytes(builds: Builds):
    assert "worker/image.wasm" in builds.first
    assert differing(builds.first, builds.warm) == []


@pytest.mark.index
def test_a_cold_cache_and_another_user_give_the_same_bytes(builds: Builds):
    assert differing(builds.first, builds.cold) == []


@pytest.mark.index
def test_another_folder_gives_the_same_bytes(builds: Builds):
    assert differing(builds.first, builds.elsewhere) == []
