"""The clock at import: who has read it is told, and what keeps it can be moved to now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from worker_build import pipeline
from worker_build.errors import BuildError
from worker_build.miniflare import Miniflare
from worker_build.report import Report

from .conftest import HELLO, write_project

KEEPING = """\
import logging, time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from worker import Response, event

class Stamp(datetime):
    pass

class Stats:
    def __init__(self):
        self.started = time.time()

SECONDS = time.time()
EXPIRES = time.time() + 3600
WHOLE = int(time.time())
MILLISECONDS = int(time.time() * 1e3)
NANOSECONDS = time.time_ns()
YEAR = time.gmtime().tm_year
AWARE = datetime.now(UTC)
STAMP = Stamp.now()
DAY = date.today()
STATS = Stats()

@event.fetch
async def fetch(req, env, ctx):
    return Response.from_json({
        "SECONDS": SECONDS, "EXPIRES": EXPIRES, "WHOLE": WHOLE, "MILLISECONDS": MILLISECONDS,
        "NANOSECONDS": str(NANOSECONDS), "YEAR": YEAR, "AWARE": AWARE.isoformat(),
        "STAMP": [type(STAMP).__name__, STAMP.isoformat()], "DAY": DAY.isoformat(),
        "started": STATS.started,
        "logged": logging.makeLogRecord({"created": 0}).relativeCreated,
    })
"""
NAMES = [
    *("SECONDS", "EXPIRES", "WHOLE", "MILLISECONDS", "NANOSECONDS", "YEAR", "AWARE", "STAMP"),
    *("DAY", "STATS.started"),
]


def built(folder: Path, main: str, **config: list[str]) -> Report:
    project = write_project(folder, main)
    file = project / "pyproject.toml"
    lines = [f"{name.replace('_', '-')} = {value}" for name, value in config.items()]
    file.write_text("\n".join([file.read_text(), "[tool.worker-build]", *lines]))
    return pipeline.build(project, release=False)


def answer(report: Report) -> Mapping[str, Any]:
    with Miniflare(report.out_dir) as running:
        return running.fetch("/").json()


@pytest.mark.miniflare
def test_times_that_are_named_are_moved_to_the_first_event(tmp_path: Path):
    before = time.time()
    report = built(tmp_path / "a", KEEPING, reset_clock=[f"main:{name}" for name in NAMES])
    told = answer(report)
    after = time.time() + 1
    for name in ("SECONDS", "started", "WHOLE"):
        assert before - 1 <= told[name] <= after, name
    assert before <= told["EXPIRES"] - 3600 <= after
    assert before <= told["MILLISECONDS"] / 1e3 <= after
    assert before <= int(told["NANOSECONDS"]) / 1e9 <= after
    assert told["YEAR"] == datetime.now(UTC).year
    assert before <= datetime.fromisoformat(told["AWARE"]).timestamp() <= after
    kind, stamp = told["STAMP"]
    assert kind == "Stamp"
    assert before <= datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp() <= after
    assert datetime.fromisoformat(told["DAY"]).date() - datetime.now(UTC).date() < timedelta(2)
    assert 0 <= told["logged"] < (after - before) * 1e3, "logging's own start is known"
    assert report.warnings == ()


@pytest.mark.miniflare
def test_a_module_that_keeps_a_time_is_warned_of_with_what_would_help(tmp_path: Path):
    report = built(tmp_path / "a", KEEPING)
    (warning,) = report.warnings
    assert warning.startswith("`main` reads the clock at import (main.py:13), where it stands at")
    for name in NAMES:
        assert (f'"main:{name}"' in warning) == (name not in {"EXPIRES", "YEAR"}), name
    assert 'allow-clock = ["main"]' in warning
    assert "main main.py:11" not in report.manifest["fixed"]["clock"], "who calls has read it"
    assert "main main.py:22" in report.manifest["fixed"]["clock"]
    told = answer(report)
    assert datetime.fromtimestamp(told["SECONDS"], UTC).year == 2020
    assert told["logged"] < 1e9


def test_a_module_may_be_allowed_to_keep_it(tmp_path: Path):
    report = built(tmp_path / "a", KEEPING, allow_clock=["main"])
    assert report.warnings == ()
    assert "main main.py:13" in report.manifest["fixed"]["clock"]


def test_what_only_passes_through_is_told_of_the_app_alone(tmp_path: Path):
    source = "import logging, time\nSPENT = str(time.time())\nlogging.warning('x')\n" + HELLO
    report = built(tmp_path / "a", source)
    (warning,) = report.warnings
    assert "(main.py:2)" in warning
    assert 'reset-clock = ["main:NAME"]' in warning
    assert "main main.py:3" in report.manifest["fixed"]["clock"], "a record of a log has a time"


def test_an_app_that_reads_no_clock_is_not_warned_of(tmp_path: Path):
    report = built(tmp_path / "a", HELLO)
    assert report.warnings == ()


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("other:STARTED", "the app does not import `other`"),
        ("main:STARTD", "`main` has no `STARTD`"),
        ("main:STARTED.value.more", "`main` has no `STARTED.value.more`"),
        ("main:NAME", "it is of type `str`, and no time"),
        ("main:FROZEN.at", "it cannot be set: cannot assign to field 'at'"),
    ],
)
def test_a_place_that_holds_no_time_is_refused(tmp_path: Path, place: str, why: str):
    source = "import dataclasses, time\nSTARTED = time.time()\nNAME = 'x'\n"
    source += "FROZEN = dataclasses.make_dataclass('F', ['at'], frozen=True)(STARTED)\n"
    with pytest.raises(BuildError) as caught:
        built(tmp_path / "a", source + HELLO, reset_clock=[place])
    assert (caught.value.code, caught.value.where) == ("WB103", "pyproject.toml")
    assert f"names `{place}`: {why}" in caught.value.what


def test_a_place_that_is_none_is_refused_in_the_configuration(tmp_path: Path):
    with pytest.raises(BuildError, match="must be a module and a variable") as caught:
        built(tmp_path / "a", HELLO, reset_clock=["main.STARTED"])
    assert caught.value.code == "WB103"


PACKAGES = """\
import dateutil.parser
from loguru import logger
from prometheus_client import Counter
from worker import Response, event

ASKED = Counter("asked", "how often")
told = {}
logger.remove()
logger.add(lambda message: told.update(elapsed=message.record["elapsed"].total_seconds()))

@event.fetch
async def fetch(req, env, ctx):
    logger.info("hello")
    year = dateutil.parser.parse("1 January 72").year
    return Response.from_json({"year": year, "created": ASKED._created, **told})
"""


@pytest.mark.index
@pytest.mark.miniflare
def test_known_packages_tell_the_time_of_the_event(tmp_path: Path):
    needs = ["worker", "python-dateutil", "loguru", "prometheus-client"]
    project = write_project(tmp_path / "a", PACKAGES)
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('["worker"]', str(needs)))
    report = pipeline.build(project, release=False)
    (warning,) = report.warnings
    assert 'reset-clock = ["main:ASKED._created"]' in warning
    told = answer(report)
    # Seen from 2020 on it would be 1972; seen from 2022 on, 50 years before and after, it is 2072.
    assert told["year"] == 2072
    assert 0 <= told["elapsed"] < 60
    assert datetime.fromtimestamp(told["created"], UTC).year == 2020
