"""Bytecode is used while building alone: an image holds no trace of it, nor of what compiled it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare

from .conftest import Build, tree, write_project

LIBRARY = "/lib/python314.zip"
PACKAGES = "/lib/python3.14/site-packages"

MAIN = """\
import importlib._bootstrap_external, importlib.machinery, inspect, json, sys, traceback, zipimport
from worker import Response, event
import worker_sys.convert

convert = worker_sys.convert.__file__
hooked = {}
loader = importlib.machinery.SourceFileLoader("hooked", convert)
exec(loader.source_to_code(b"ANSWER = 42", convert), hooked)

def failing():
    try:
        json.loads("{")
    except ValueError as error:
        return [(frame.filename, frame.line) for frame in traceback.extract_tb(error.__traceback__)]

@event.fetch
async def fetch(req, env, ctx):
    import colorsys  # lazily, from the bundle's source
    modules = [json, json.decoder, worker_sys.convert, colorsys]
    return Response.from_json({
        "files": [each.__file__ for each in modules],
        "origins": [each.__spec__.origin for each in modules],
        "code": [json.loads.__code__.co_filename, worker_sys.convert.to_js.__code__.co_filename],
        "failing": failing(),
        "source": inspect.getsource(json.loads).splitlines()[0],
        "traces": [
            name
            for name in ("_compiled", "compile")
            for module in (importlib._bootstrap_external, zipimport)
            if name in vars(module)
        ] + [name for name in sys.modules if "bytecode" in name],
        "hooked": hooked["ANSWER"],
        "hsv": colorsys.rgb_to_hsv(0, 0, 0),
    })
"""


@pytest.mark.miniflare
def test_modules_are_what_they_are_from_source(build: Build):
    report = build(MAIN)
    assert not [path for path in report.out_dir.rglob("*") if "bytecode" in path.name]
    with Miniflare(report.out_dir) as running:
        told = json.loads(running.fetch("/").text)
    loads, decoder = f"{LIBRARY}/json/__init__.py", f"{LIBRARY}/json/decoder.py"
    convert = f"{PACKAGES}/worker_sys/convert.py"
    assert told["files"] == [loads, decoder, convert, f"{LIBRARY}/colorsys.py"]
    assert told["origins"] == told["files"]
    assert told["code"] == [loads, convert]
    _, (file, line), *_ = told["failing"]
    assert (file, line) == (loads, "return _default_decoder.decode(s)")
    assert told["source"].startswith("def loads(s, ")
    assert told["traces"] == []
    assert told["hooked"] == 42, "an import hook may change what is compiled"
    assert told["hsv"] == [0, 0, 0]


def images_of(cache: Path, *projects: Path, without: str = "") -> list[Mapping[str, bytes]]:
    """Build one after the other, each anew; at first the cache has lost what `without` names."""
    for kind in without.split():
        shutil.rmtree(cache / "packages" / kind, ignore_errors=True)
    found: list[Mapping[str, bytes]] = []
    for project in projects:
        shutil.rmtree(cache / "packages" / "images", ignore_errors=True)
        found.append(tree(pipeline.build(project).out_dir))
    return found


@pytest.mark.index
def test_an_image_does_not_depend_on_what_was_compiled_before(tmp_path: Path, cache: Path):
    more = "import decimal, fractions, statistics, email.message\n"
    project = write_project(tmp_path / "project", MAIN)
    other = write_project(tmp_path / "other", more + MAIN)
    alone, other_after = images_of(cache, project, other, without="bytecode")
    other_alone, after_other = images_of(cache, other, project, without="bytecode")
    assert alone == after_other
    assert other_alone == other_after


@pytest.mark.index
def test_a_damaged_entry_is_compiled_again(tmp_path: Path, cache: Path):
    project = write_project(tmp_path / "project")
    (first,) = images_of(cache, project, without="bytecode")
    entries = sorted((cache / "packages" / "bytecode").glob("*/value.json"))
    assert len(entries) > 1
    for number, entry in enumerate(entries):
        content = entry.read_bytes()
        entry.write_bytes(content[: len(content) // 2] if number % 2 else content[:-9] + b"9" * 9)
    assert images_of(cache, project) == [first]
    assert not any(entry.read_bytes().endswith(b"9" * 9) for entry in entries)
