"""No two isolates share randomness, and a value drawn at import is found while building."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare

from .conftest import HELLO, Build, Refused, write_project

SOURCE = """\
import random
import secrets
import tempfile
import uuid

from worker import Response, event

mine = random.Random()
holder = {"nested": [random.Random()]}

@event.fetch
async def fetch(req, env, ctx):
    return Response.from_json({
        "random.random": random.random(),
        "random.Random made at import": mine.random(),
        "random.Random in a container": holder["nested"][0].random(),
        "random.SystemRandom": random.SystemRandom().random(),
        "uuid1": str(uuid.uuid1()),
        "uuid1 node": uuid.uuid1().node,
        "uuid4": str(uuid.uuid4()),
        "secrets": secrets.token_hex(),
        "tempfile": tempfile.mktemp(),
    })
"""


@pytest.mark.miniflare
def test_two_isolates_of_one_bundle_share_no_randomness(build: Build):
    report = build(SOURCE)
    assert report.manifest["fixed"]["entropy"] == []
    first, second = answers_of_two_isolates(report.out_dir)
    assert {name for name in first if first[name] == second[name]} == set()


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("random.random()", "random.random"),
        ("random.choice([1, 2, 3])", "random.getrandbits"),
        ("random.Random().random()", "random.random"),
        ("os.urandom(8)", "os.urandom"),
        ("secrets.token_hex()", "os.urandom"),
        ("uuid.uuid4()", "os.urandom"),
        ("js.Math.random()", "Math.random"),
    ],
)
def test_a_draw_at_import_names_module_and_line(refused: Refused, call: str, what: str):
    source = f"import js, os, random, secrets, uuid\n\ndef make():\n    return str({call})\n"
    error = refused("import keys\nX = keys.make()\n" + HELLO, keys=source)
    assert (error.code, error.where) == ("WB111", "keys.py:4")
    assert f"`keys` asks for randomness at import ({what})" in error.what
    assert error.fix is not None
    assert 'allow-entropy = ["keys"]' in error.fix
    assert error.details == (
        "main.py:2 in <module>: X = keys.make()",
        f"keys.py:4 in make: return str({call})",
    )


def test_randomness_of_the_platform_at_import_is_refused(refused: Refused):
    error = refused("import js\njs.crypto.randomUUID()\n" + HELLO)
    assert (error.code, error.where) == ("WB111", "main.py:2")


def test_a_draw_that_is_allowed_is_fixed_listed_and_another_one_in_each_build(tmp_path: Path):
    text = "import random\nDRAWN = random.getrandbits(64)\nprint(DRAWN)\n"
    source = HELLO.replace('"hello"', "str(DRAWN)")
    drawn: list[object] = []
    for number in range(2):
        project = write_project(tmp_path / str(number), f"{text}# {number}\n{source}")
        config = project / "pyproject.toml"
        config.write_text(config.read_text() + '[tool.worker-build]\nallow-entropy = ["main"]\n')
        report = pipeline.build(project)
        assert report.manifest["fixed"]["entropy"] == ["main main.py:2"]
        drawn.append(report.manifest["fixed"]["hash_seed"])
    assert drawn[0] != drawn[1], "the seed of the build is derived from its content"


SEEDED = """\
import random
from worker import Response, event

class Dice(random.Random):
    pass

by_hand = random.Random(42)
restored = random.Random()
restored.setstate(random.Random(43).getstate())
dice = Dice(44)
fresh = random.Random()
again = random.Random(45)
again.seed()
chosen = random.Random(46)

@event.fetch
async def fetch(req, env, ctx):
    return Response.from_json({
        "by_hand": by_hand.random(),
        "restored": restored.random(),
        "dice": dice.random(),
        "fresh": fresh.random(),
        "again": again.random(),
        "random": random.random(),
    })
"""


def answers_of_two_isolates(out_dir: Path) -> list[dict[str, object]]:
    answers: list[dict[str, object]] = []
    for _ in range(2):
        with Miniflare(out_dir) as mf:
            answers.append(json.loads(mf.fetch("/").text))
    return answers


@pytest.mark.miniflare
def test_a_generator_keeps_the_state_that_somebody_gave_it_and_is_listed(build: Build):
    report = build(SEEDED)
    assert report.manifest["fixed"]["seeded"] == [f"main main.py:{n}" for n in (10, 14, 7, 9)]
    assert report.warnings == ()
    first, second = answers_of_two_isolates(report.out_dir)
    same = {name for name in first if first[name] == second[name]}
    assert same == {"by_hand", "restored", "dice"}
    assert first["by_hand"] == random.Random(42).random()
    assert first["restored"] == random.Random(43).random()
    assert first["dice"] == random.Random(44).random()


@pytest.mark.miniflare
def test_the_shared_generator_seeded_at_import_is_warned_of(build: Build):
    report = build(SEEDED.replace("fresh = ", "random.seed(7)\nfresh = "))
    assert report.manifest["fixed"]["shared_seed"] == "main main.py:11"
    (warning,) = report.warnings
    assert "main.py:11" in warning
    first, second = answers_of_two_isolates(report.out_dir)
    assert first["random"] == second["random"] == random.Random(7).random()
    assert first["fresh"] != second["fresh"]


@pytest.mark.index
def test_what_an_extension_module_draws_by_itself_is_listed(tmp_path: Path):
    main = "import pydantic\n\nclass Point(pydantic.BaseModel):\n    x: int\n" + HELLO
    project = write_project(tmp_path / "project", main)
    config = project / "pyproject.toml"
    config.write_text(config.read_text().replace('"worker"', '"worker[pydantic]"'))
    fixed = pipeline.build(project).manifest["fixed"]
    assert list(fixed["native"]) == ["pydantic_core._pydantic_core"]
    assert fixed["entropy"] == []


def test_a_generator_that_was_seeded_by_hand_may_be_drawn_from(build: Build):
    build(
        "import random\nrng = random.Random(42)\nTABLE = [rng.random() for _ in range(4)]\n" + HELLO
    )
