"""Extension modules of the index: alone, at import and after the restore, or never loaded."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare

pytestmark = [pytest.mark.index, pytest.mark.miniflare, pytest.mark.slow]

OPTIONS = {"compatibilityDate": "2026-07-30"}

CHECKS = {
    "pydantic-core": """\
from pydantic_core import SchemaValidator, from_json
schema = {"type": "list", "items_schema": {"type": "int"}}
def check():
    return [SchemaValidator(schema).validate_python(["1", 2]), from_json(b'{"a": [1.5]}')]
""",
    "msgspec": """\
import msgspec
class Point(msgspec.Struct, frozen=True):
    x: int
    y: float
def check():
    point = msgspec.msgpack.decode(msgspec.msgpack.encode(Point(1, 2.5)), type=Point)
    return [msgspec.json.encode(point).decode(), point == Point(1, 2.5)]
""",
    "cbor2": """\
import cbor2
def check():
    return [cbor2.dumps([1, "two", None]).hex(), cbor2.loads(bytes.fromhex("a1616182016132"))]
""",
    "jiter": """\
import jiter
def check():
    return jiter.from_json(b'{"x": [1, 2.5, "t"]}')
""",
    "uuid-utils": """\
import uuid_utils
def check():
    made = uuid_utils.uuid5(uuid_utils.NAMESPACE_DNS, "example.com")
    return [str(made), made.version, str(uuid_utils.UUID(int=5))]
""",
}
ANSWERS = {
    "pydantic-core": [[1, 2], {"a": [1.5]}],
    "msgspec": ['{"x":1,"y":2.5}', True],
    "cbor2": ["83016374776ff6", {"a": [1, "2"]}],
    "jiter": {"x": [1, 2.5, "t"]},
    "uuid-utils": [
        "cfbff0d1-9375-5685-968c-48ce8b15ae17",
        5,
        "00000000-0000-0000-0000-000000000005",
    ],
}

AT_IMPORT = """\
import sys
from worker import Response, event
import extension

fresh = extension.check()

@event.fetch
async def fetch(req, env, ctx):
    drawn = sys.modules.get("uuid_utils")
    return Response.from_json({
        "fresh": fresh,
        "restored": extension.check(),
        "random": str(drawn.uuid4()) if drawn else None,
    })
"""

LATE = """\
import importlib
import sys
from worker import Response, event

@event.fetch
async def fetch(req, env, ctx):
    name = req.path.lstrip("/")
    names = ["pydantic_core", "msgspec", "cbor2", "jiter", "uuid_utils"]
    loaded = [each for each in names if each in sys.modules]
    found = importlib.import_module(f"with_{name}").check() if name else None
    return Response.from_json({"loaded": loaded, "found": found})
"""


def build(root: Path, dependencies: list[str], files: Mapping[str, str]) -> Path:
    (root / "src").mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "natives"\nversion = "1.0"\nrequires-python = ">=3.12"\n'
        f"dependencies = {json.dumps(['worker', *dependencies])}\n"
    )
    for name, text in files.items():
        (root / "src" / name).write_text(text)
    return pipeline.build(root, release=False).out_dir


Alone = Callable[[str], Path]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """The bundle of a worker with one package, that is used at import and in each event."""
    folder = tmp_path_factory.mktemp("alone")

    @cache
    def built(name: str) -> Path:
        files = {"main.py": AT_IMPORT, "extension.py": CHECKS[name]}
        return build(folder / name, [name], files)

    return built


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_an_extension_alone_works_fresh_and_restored(alone: Alone, name: str):
    with Miniflare(alone(name), OPTIONS) as running:
        told = running.fetch("/").json()
        assert told["fresh"] == told["restored"] == ANSWERS[name]
        assert running.fetch("/").json()["restored"] == ANSWERS[name]


def test_what_an_extension_draws_in_an_event_is_another_in_each_isolate(alone: Alone):
    drawn: set[str] = set()
    for _ in range(2):
        with Miniflare(alone("uuid-utils"), OPTIONS) as running:
            drawn |= {running.fetch("/").json()["random"] for _ in range(2)}
    assert len(drawn) == 4


def test_extensions_that_nobody_has_imported_wait_for_who_does(tmp_path: Path):
    files = {f"with_{name.replace('-', '_')}.py": check for name, check in CHECKS.items()}
    out = build(tmp_path / "late", sorted(CHECKS), {"main.py": LATE, **files})
    with Miniflare(out, OPTIONS) as running:
        assert running.fetch("/").json() == {"loaded": [], "found": None}
        for number, name in enumerate(sorted(CHECKS)):
            told = running.fetch(f"/{name.replace('-', '_')}").json()
            assert told["found"] == ANSWERS[name]
            assert len(told["loaded"]) == number
        assert len(running.fetch("/").json()["loaded"]) == len(CHECKS)
