"""Where extension modules lie in an image: a wrong place stops the build, and the start."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from worker_build import pipeline, placing, toolchain, wasm
from worker_build.dylink import dylink_of
from worker_build.errors import BuildError
from worker_build.miniflare import Miniflare, StartError
from worker_build.packages import store
from worker_build.toolchain import CACHE_VARIABLE

ONE, OTHER = "/lib/python3.14/site-packages/one.so", "/lib/python3.14/site-packages/other.so"
MAIN = """\
import cbor2, msgspec
from worker import Response, event

@event.fetch
async def fetch(req, env, ctx):
    return Response.from_json(cbor2.loads(cbor2.dumps(msgspec.json.decode(b"[1]"))))
"""

PYPROJECT = """\
[project]
name = "places"
version = "1.0"
requires-python = ">=3.12"
dependencies = ["worker", "cbor2", "msgspec"]
"""

Memory = dict[str, Any]
Change = Callable[[Memory], None]


def side_module(size: int, exponent: int, slots: int) -> bytes:
    """A module with nothing in it but what it asks of its loader."""
    info = bytes([size, exponent, slots, 0])
    return wasm.module([]) + wasm.custom_sections([("dylink.0", bytes([1, len(info)]) + info)])


EXTENSIONS = {ONE: side_module(40, 4, 3), OTHER: side_module(16, 3, 2)}


def memory() -> Memory:
    """Two extensions, one after the other."""
    one = {"name": ONE, "handle": 64, "memory": 1000, "size": 56, "base": 1008}
    other = {"name": OTHER, "handle": 128, "memory": 1056, "size": 24, "base": 1056}
    tables = [{"table": 10, "slot": 10}, {"table": 13, "slot": 13}]
    both = [one | tables[0], other | tables[1]]
    return {"size": 4096, "bss": 256, "table": 15, "extensions": both}


def image(beside: Memory, **recorded: int) -> bytes:
    """An image with these extensions; `recorded` is what the heap says otherwise of the first."""
    heap = bytearray(4096)
    for entry in memory()["extensions"]:
        asks = dylink_of(EXTENSIONS[entry["name"]])
        record = {"base": entry["base"], "size": asks.size, "slot": entry["slot"]}
        record |= {"slots": asks.slots, **(recorded if entry["name"] == ONE else {})}
        at = entry["handle"] + 12
        heap[at : at + 16] = b"".join(value.to_bytes(4, "little") for value in record.values())
    return wasm.image_module(heap, beside)


def changed(number: int, **values: int) -> Memory:
    beside = memory()
    beside["extensions"][number] |= values
    return beside


def test_extensions_at_their_places_pass():
    placing.check_places(image(memory()), EXTENSIONS)
    placing.check_places(image({"size": 4096, "extensions": []}), EXTENSIONS)


@pytest.mark.parametrize(
    ("beside", "recorded", "why"),
    [
        (changed(0, base=1024), {}, "its data would be at address 1024, and the image has them at"),
        (memory(), {"base": 2000}, "at address 1008, and the image has them at 2000"),
        (changed(0, slot=9), {}, "its functions would be at 9 of the table, the image has"),
        (memory(), {"slot": 4}, "at 10 of the table, the image has 4"),
        (memory(), {"size": 39}, "40 bytes of data and 3 functions, and the image has 39 and 3"),
        (memory(), {"slots": 4}, "40 bytes of data and 3 functions, and the image has 40 and 4"),
        (changed(0, base=1012), {"base": 1012}, "at 1012 are not aligned to 16 bytes"),
        (changed(0, memory=900), {}, "not at the aligned start of the 56 bytes at 900"),
        (changed(0, size=40), {}, "not at the aligned start of the 40 bytes at 1000"),
        (memory() | {"size": 1040}, {}, "its data at 1000 are not in the heap of 1040 bytes"),
        (memory() | {"bss": 1004}, {}, "its data at 1000 are not in the heap"),
        (changed(0, table=11), {}, "the table would have 11 functions before its own"),
        (memory() | {"table": 12}, {}, "its functions would end at 13 of a table of 12"),
        (changed(0, handle=5000), {}, "the image has no record of it at address 5012"),
    ],
)
def test_a_wrong_place_is_refused(beside: Memory, recorded: dict[str, int], why: str):
    with pytest.raises(BuildError, match=re.escape(why)) as caught:
        placing.check_places(image(beside, **recorded), EXTENSIONS)
    assert (caught.value.code, caught.value.where) == ("WB411", ONE)
    assert caught.value.what.startswith("one.so is not where the image has it: ")


@pytest.mark.parametrize(
    "place",
    [
        {"base": 1040, "memory": 1040, "handle": 192},
        {"slot": 12, "table": 12, "handle": 192},
    ],
)
def test_two_extensions_at_one_place_are_refused(place: dict[str, int]):
    beside = changed(1, **place)
    heap, _ = wasm.read_image(image(beside))
    entry = beside["extensions"][1]
    record = (entry["base"], 16, entry["slot"], 2)
    heap[204:220] = b"".join(value.to_bytes(4, "little") for value in record)
    with pytest.raises(BuildError, match=r"its place is also that of one\.so") as caught:
        placing.check_places(wasm.image_module(heap, beside), EXTENSIONS)
    assert (caught.value.code, caught.value.where) == ("WB411", OTHER)


def test_an_extension_that_the_bundle_has_not_is_refused():
    with pytest.raises(BuildError, match="in the image, and not in the bundle"):
        placing.check_places(image(memory()), {OTHER: EXTENSIONS[OTHER]})


# For real


def moved(beside: Memory) -> None:
    for name in ("memory", "base"):
        beside["extensions"][0][name] += 4096


def moved_in_the_table(beside: Memory) -> None:
    for name in ("table", "slot"):
        beside["extensions"][-1][name] += 1
    beside["table"] += 1


def shorter_table(beside: Memory) -> None:
    beside["table"] = 1


def shorter_table_before_an_extension(beside: Memory) -> None:
    beside["extensions"][0]["table"] = 1


def other_size(beside: Memory) -> None:
    beside["extensions"][0]["size"] += 16


def exchanged(beside: Memory) -> None:
    one, other = beside["extensions"]
    for name in ("memory", "base"):
        one[name], other[name] = other[name], one[name]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with two extensions, built with a cache of its own."""
    folder = tmp_path_factory.mktemp("places")
    (folder / "cache").mkdir()
    (folder / "cache" / "toolchain").symlink_to(toolchain.folder().parent)
    (folder / "project" / "src").mkdir(parents=True)
    (folder / "project" / "src" / "main.py").write_text(MAIN)
    (folder / "project" / "pyproject.toml").write_text(PYPROJECT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder / "cache"))
        pipeline.build(folder / "project", release=False)
        yield folder / "project"


def forge(file: Path, change: Change) -> None:
    """Write an image with another section `memory`."""
    parts = [(kind, bytes(content)) for kind, content in wasm.sections(file.read_bytes())]
    kind, _ = parts.pop()
    assert kind == wasm.CUSTOM
    _, beside = wasm.read_image(file.read_bytes())
    change(beside)
    section = wasm.custom_sections([("memory", json.dumps(beside).encode())])
    file.write_bytes(wasm.module(parts) + section)


@pytest.mark.index
@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (moved, "its data would be at address"),
        (exchanged, "its data would be at address"),
        (moved_in_the_table, "its functions would be at"),
        (shorter_table, "of a table of 1"),
        (shorter_table_before_an_extension, "the table would have 1 functions before its own"),
    ],
)
def test_a_forged_image_stops_the_build(project: Path, change: Change, why: str):
    (home,) = (project.parent / "cache" / "packages" / "images").glob("*/")
    true = {name: (home / name).read_bytes() for name in ("image.wasm", "facts.json")}
    forge(home / "image.wasm", change)
    facts = store.read_sealed(home / "facts.json")
    store.write_sealed(home / "facts.json", facts | {"sha256": store.sha256(home / "image.wasm")})
    try:
        with pytest.raises(BuildError, match=why) as caught:
            pipeline.build(project, release=False)
    finally:
        for name, content in true.items():
            (home / name).write_bytes(content)
    assert caught.value.code == "WB411"
    assert caught.value.fix is not None
    assert "worker-build clean --cache" in caught.value.fix
    pipeline.build(project, release=False)


@pytest.mark.index
@pytest.mark.miniflare
@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (moved, "and had them at"),
        (exchanged, "and had them at"),
        (moved_in_the_table, "of the table, and had them at"),
        (shorter_table, "before the image, and had 1 while building: build again"),
        (shorter_table_before_an_extension, "entries before /lib/python3.14/site-packages/"),
        (other_size, "bytes of data, and had"),
    ],
)
def test_a_bundle_with_a_forged_image_does_not_start(
    project: Path, tmp_path: Path, change: Change, said: str
):
    out = tmp_path / "build"
    shutil.copytree(project / "build", out)
    forge(out / "worker" / "image.wasm", change)
    with pytest.raises(StartError, match=re.escape(said)), Miniflare(out) as running:
        running.fetch("/").raise_for_status()
