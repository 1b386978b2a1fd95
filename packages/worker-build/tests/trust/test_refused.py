"""What cannot run is refused while building: in our words, at the user's line."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.errors import BuildError

from .conftest import Refused, write_project

HANDLER = """
from worker import event

@event.fetch
async def fetch(req, env, ctx): ...
"""


def test_a_syntax_error_is_told_with_its_line(refused: Refused):
    error = refused("import helper\n", helper="def f():\n    return (1,\n")
    assert (error.code, error.where) == ("WB110", "helper.py:2")
    assert "'(' was never closed" in error.what


def test_a_missing_dependency_is_told_with_what_to_add(refused: Refused):
    error = refused("import helper\n", helper="\nimport yaml\n")
    assert (error.code, error.where) == ("WB110", "helper.py:2")
    assert error.what == "there is no module `yaml`"
    assert error.fix is not None
    assert 'dependencies = [..., "PyYAML"]' in error.fix
    assert error.details == (
        "main.py:1 in <module>: import helper",
        "helper.py:2 in <module>: import yaml",
    )


def test_a_module_name_with_a_typing_mistake_gets_the_right_one(refused: Refused):
    error = refused("import asynci\n")
    assert error.fix is not None
    assert error.fix.startswith("did you mean `asyncio`?")


def test_a_module_that_only_other_pythons_have_is_told(refused: Refused):
    error = refused("import tkinter\n")
    assert (error.code, error.where) == ("WB114", "main.py:1")
    assert "part of Python, but not of Python in a worker" in error.what


def test_an_exception_at_import_has_the_users_frames_only(refused: Refused):
    error = refused("import json\ndef parse():\n    return json.loads('{')\nCONFIG = parse()\n")
    assert (error.code, error.where) == ("WB110", "main.py:3")
    assert error.what.startswith("json.decoder.JSONDecodeError")
    assert error.details == (
        "main.py:4 in <module>: CONFIG = parse()",
        "main.py:3 in parse: return json.loads('{')",
    )


def test_what_led_to_an_exception_is_told(refused: Refused):
    error = refused(
        "try:\n    {}['key']\nexcept KeyError as error:\n    raise ValueError('no') from error\n"
    )
    assert error.what == "ValueError: no"
    assert error.details[-1] == "caused by KeyError: 'key'"


@pytest.mark.parametrize(
    ("source", "line", "code", "what"),
    [
        (
            "import threading\nthreading.Thread(target=print).start()\n",
            2,
            "WB114",
            "starts a thread at import",
        ),
        ("import subprocess\nsubprocess.run(['ls'])\n", 2, "WB114", "starts a process at import"),
        (
            "import socket\nsocket.create_connection(('127.0.0.1', 80))\n",
            2,
            "WB112",
            "I/O at import",
        ),
    ],
    ids=["thread", "subprocess", "socket"],
)
def test_threads_processes_and_sockets_at_import_are_refused(
    refused: Refused, source: str, line: int, code: str, what: str
):
    error = refused(source + HANDLER)
    assert (error.code, error.where) == (code, f"main.py:{line}"), str(error)
    assert what in error.what


def test_leaving_at_import_is_no_success(refused: Refused):
    error = refused("import sys\nsys.exit(0)\n")
    assert (error.code, error.where) == ("WB110", "main.py:2")


def test_a_project_without_an_entry_point_is_refused(refused: Refused):
    error = refused("x = 1\n")
    assert error.code == "WB115"
    assert "no entry point" in error.what


def test_two_handlers_of_one_kind_are_refused_with_both_places(refused: Refused):
    error = refused(HANDLER + HANDLER.replace("def fetch", "def second"))
    assert error.code == "WB115"
    assert "`fetch`" in error.what
    assert "`second`" in error.what
    assert error.where == "main.py:9"
    assert "(main.py:4)" in error.what


def test_each_variable_that_holds_a_javascript_object_is_named(refused: Refused):
    source = """\
import js

class Holder:
    pass

plain = js.Array.new()
cache = {"first": [js.Array.new()]}
holder = Holder()
holder.headers = js.Headers.new()

def closure():
    kept = js.Array.new()
    return lambda: kept

function = closure()
"""
    error = refused(source + HANDLER)
    assert error.code == "WB113"
    for name in ("main.plain", "main.cache['first'][0]", "main.holder.headers"):
        assert f"`{name}`" in error.what
    assert "`main.function (its variable kept)`" in error.what
    assert "Array" in error.what


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        ("from js import fetch\nfetch('https://example.com')\n", 2, "fetches"),
        ("import js\njs.setTimeout(lambda: None, 5)\n", 2, "sets a timer"),
        ("import asyncio\n\nasyncio.run(asyncio.sleep(1))\n", 3, "waits for something"),
        ("import asyncio\nasyncio.get_event_loop().call_later(1, print)\n", 2, "sets a timer"),
        (
            "import asyncio\n\nasync def job(): ...\nasyncio.get_event_loop().create_task(job())\n",
            3,
            "starts `job`",
        ),
        (
            "import urllib.request\nurllib.request.urlopen('http://example.com')\n",
            2,
            "I/O at import",
        ),
        (
            "import socket\n\nsocket.create_connection(('example.com', 80))\n",
            3,
            "I/O at import",
        ),
        (
            "import asyncio\nfrom worker import run_sync\nrun_sync(asyncio.sleep(0))\n",
            3,
            "waits for something",
        ),
    ],
    ids=["fetch", "setTimeout", "sleep", "call_later", "task", "urllib", "socket", "run_sync"],
)
def test_io_and_timers_at_import_are_refused(refused: Refused, source: str, line: int, what: str):
    error = refused(source + HANDLER)
    assert (error.code, error.where) == ("WB112", f"main.py:{line}")
    assert what in error.what
    assert error.fix is not None
    assert "handler" in error.fix


@pytest.mark.parametrize("source", ["from js import nope\n", "import js\njs.nope\n"])
def test_a_name_that_the_platform_has_not_is_refused(refused: Refused, source: str):
    error = refused(source + HANDLER)
    assert error.code == "WB114"
    assert error.where == f"main.py:{source.count(chr(10))}"
    assert "the platform has no `nope`" in error.what


def test_an_import_that_never_ends_is_ended(refused: Refused):
    error = refused("def spin():\n    while True:\n        pass\n\nspin()\n")
    assert error.code == "WB116"
    assert error.where in {"main.py:2", "main.py:3"}
    assert error.details[0] == "main.py:5 in <module>: spin()"


def test_an_import_that_needs_more_memory_than_there_is_is_told_with_the_line(refused: Refused):
    error = refused("kept = [bytearray(1 << 20) for _ in range(160)]\n")
    assert (error.code, error.where) == ("WB203", "main.py:1")
    assert "112 MiB" in error.what
    assert error.fix is not None
    assert "module variables" in error.fix


def test_a_bundle_that_is_too_big_says_what_is_largest(refused: Refused):
    lines = "kept = [bytes([number]) * (1 << 20) for number in range(1, 61)]\n"
    error = refused(lines + HANDLER)
    assert error.code == "WB201"
    share = re.search(r"the memory after the import (\d+)\.\d MiB, worker ", error.fix or "")
    assert share is not None
    assert 60 < int(share[1]) < 80


def test_an_interpreter_that_dies_is_told_with_the_line(refused: Refused):
    error = refused("import os\n\nos.abort()\n")
    assert (error.code, error.where) == ("WB110", "main.py:3")
    assert "died" in error.what


@pytest.mark.parametrize(
    ("javascript", "line", "what"),
    [
        ("throw new Error('boom');", ":1", "boom"),
        ("\nexport const x = ;", ":2", "SyntaxError"),
        ("import y from 'lodash';", "", "lodash"),
        ("await fetch('https://example.com');", ":1", "Disallowed operation"),
    ],
    ids=["throws", "syntax", "import", "fetch"],
)
def test_javascript_of_the_app_that_does_not_load_is_told_with_its_place(
    tmp_path: Path, javascript: str, line: str, what: str
):
    source = 'from worker import js_module\nmodule = js_module("./module.mjs")\n'
    project = write_project(tmp_path / "project", source + HANDLER)
    (project / "src" / "module.mjs").write_text(javascript)
    with pytest.raises(BuildError, match=what) as caught:
        pipeline.build(project)
    assert (caught.value.code, caught.value.where) == ("WB107", f"module.mjs{line}")


def test_an_extension_module_that_needs_a_symbol_that_is_missing_is_named_with_it(tmp_path: Path):
    project = write_project(tmp_path / "project", "import odd\n" + HANDLER)
    links = tmp_path / "links"
    links.mkdir()
    wheel = links / "odd-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
    content = {
        "odd.cpython-314-wasm32-emscripten.so": side_module("PyNumber_Wrong"),
        "odd-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n",
        "odd-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
        record = "".join(
            f"{name},{record_hash(data)},{len(data)}\n" for name, data in content.items()
        )
        archive.writestr("odd-1.0.dist-info/RECORD", f"{record}odd-1.0.dist-info/RECORD,,\n")
    config = project / "pyproject.toml"
    text = config.read_text().replace('["worker"]', '["worker", "odd"]')
    config.write_text(f"{text}[tool.uv]\nno-index = true\nfind-links = ['{links}']\n")
    with pytest.raises(BuildError) as caught:
        pipeline.build(project)
    assert caught.value.code == "WB409"
    assert "odd.cpython-314" in str(caught.value)
    assert "PyNumber_Wrong" in str(caught.value)
    assert not (project / "build").exists()


def side_module(symbol: str) -> bytes:
    """An extension module that exports nothing and imports one function, without arguments."""
    dylink = name("dylink.0") + b"\x01\x04\0\0\0\0"
    imported = b"\x01" + name("env") + name(symbol) + b"\0\0"
    return b"\0asm\x01\0\0\0" + b"".join(
        bytes([kind, len(content)]) + content
        for kind, content in ((0, dylink), (1, b"\x01\x60\0\0"), (2, imported))
    )


def name(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def record_hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.rstrip(b'=').decode()}"
