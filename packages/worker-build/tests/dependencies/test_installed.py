"""What installed packages rely on, inside of a built worker: paths, metadata, data, time zones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare

from .conftest import MakeProject, MakeWheel

pytestmark = [pytest.mark.index, pytest.mark.miniflare]

PACKAGE = {
    "vendored/__init__.py": "import vendored_by_path\nX = vendored_by_path.X\n",
    "vendored/plugin.py": "def run():\n    return 'a plugin ran'\n",
    "vendored/data/words.txt": "one two",
    "vendored/data/deep/more.bin": b"\x00\xff",
    # A folder of modules beside the packages, and a line that runs when Python starts.
    "vendored_paths.pth": "_more\nimport sys; sys.set_by_pth = True\n",
    "_more/vendored_by_path.py": "X = 'found by a path'\n",
    "shared_name/first/__init__.py": "",
    "vendored-1.0.dist-info/top_level.txt": "vendored\n",
    "vendored-1.0.dist-info/entry_points.txt": "[app.plugins]\nmine = vendored.plugin:run\n",
}

METADATA = ("METADATA", "RECORD", "entry_points.txt", "top_level.txt")

MAIN = """\
import sys
import time
import zoneinfo
from datetime import UTC, date, datetime
from importlib import import_module, metadata, resources

import vendored
from worker import Response, event

IMPORTED = [time.time(), datetime.now(UTC).timestamp()]
TODAY = date.today()
AT_IMPORT = [point.load()() for point in metadata.entry_points(group="app.plugins")]
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")

@event.fetch
async def fetch(req, env, ctx):
    return Response.from_json(globals()[req.path.lstrip("/")]())

def pth():
    return [vendored.X, sys.set_by_pth]

def entry_points():
    (point,) = metadata.entry_points(group="app.plugins")
    return [AT_IMPORT, point.name, point.value, point.dist.name, point.load()()]

def about():
    required = metadata.requires("vendored")
    names = sorted(each.name for each in metadata.distributions())
    return [metadata.version("vendored"), required, metadata.version("app"), names]

def files():
    listed = sorted(map(str, metadata.files("vendored")))
    words = next(path for path in metadata.files("vendored") if path.name == "words.txt")
    owners = metadata.packages_distributions()
    return [listed, words.read_text(), owners["vendored"], owners["shared_name"], owners["tzdata"]]

def unknown():
    try:
        metadata.version("nope")
    except metadata.PackageNotFoundError as error:
        return str(error)

def data():
    files = resources.files("vendored") / "data"
    with resources.as_file(files / "deep" / "more.bin") as path:
        read = path.read_bytes().hex()
    return [(files / "words.txt").read_text(), read, sorted(each.name for each in files.iterdir())]

def namespace():
    found = import_module("shared_name")
    children = [import_module(f"shared_name.{name}").__name__ for name in ("first", "second")]
    return [found.__file__, children]

def zones():
    late = zoneinfo.ZoneInfo("America/New_York")
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    names = zoneinfo.available_timezones()
    return [str(moment.astimezone(BERLIN)), str(moment.astimezone(late)), "Asia/Tokyo" in names]

def clock():
    return [IMPORTED, str(TODAY), time.time(), datetime.now(UTC).timestamp()]
"""


@pytest.fixture
def running(make_project: MakeProject, make_wheel: MakeWheel, links: Path) -> Iterator[Miniflare]:
    make_wheel("vendored", files=PACKAGE, requires=["second-part>=1"])
    make_wheel("second-part", files={"shared_name/second.py": ""})
    uv = f'[tool.uv]\nfind-links = ["{links}"]\n'
    root = make_project("vendored", "tzdata", files={"src/main.py": MAIN}, extra=uv)
    out = pipeline.build(root, release=False).out_dir
    with Miniflare(out, {"compatibilityDate": "2026-07-30"}) as running:
        yield running


def test_what_is_installed_is_found_as_anywhere(running: Miniflare):
    def told(name: str) -> Any:
        answer = running.fetch(f"/{name}")
        return (
            answer.json()
            if answer.status_code == 200
            else answer.text + "".join(map(str, running.logs))
        )

    assert told("pth") == ["found by a path", True]
    point = ["mine", "vendored.plugin:run", "vendored", "a plugin ran"]
    assert told("entry_points") == [["a plugin ran"], *point]
    names = ["app", "second-part", "tzdata", "vendored", "worker", "worker-macros", "worker-sys"]
    assert told("about") == ["1.0", ["second-part>=1"], "1.0", names]
    about = [f"vendored-1.0.dist-info/{name}" for name in METADATA]
    listed = sorted([*about, *(name for name in PACKAGE if "dist-info" not in name)])
    owners = [["vendored"], ["second-part"], ["tzdata"]]
    told_files, words, *distributions = told("files")
    assert (told_files, words) == (listed, "one two")
    assert [sorted(each) for each in distributions] == owners
    assert told("unknown") == "No package metadata was found for nope"
    assert told("data") == ["one two", "00ff", ["deep", "words.txt"]]
    assert told("namespace") == [None, ["shared_name.first", "shared_name.second"]]
    berlin, new_york = "2026-07-01 14:00:00+02:00", "2026-07-01 08:00:00-04:00"
    assert told("zones") == [berlin, new_york, True]

    # While importing it is always the same time; in an event it is the platform's.
    (first, second), today, *now = told("clock")
    assert 0 < first - 1_577_836_800 < second - 1_577_836_800 < 3600
    assert today == "2020-01-01"
    assert all(abs(each - time.time()) < 3600 for each in now)
