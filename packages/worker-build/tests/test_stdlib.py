"""The standard library is cut to what can be reached, and to nothing less."""

import io
import zipfile

import pytest
from worker_build import config, packing, stdlib, toolchain
from worker_build.config import Release


@pytest.fixture(scope="module")
def library():
    return packing.stored(
        (toolchain.install().package("pyodide") / "python_stdlib.zip").read_bytes()
    )


def test_what_is_imported_stays_and_so_does_what_that_imports(library):
    short = stdlib.strip(library, ["def f():\n    import tomllib, sqlite3\n"])
    assert {"tomllib", "tomllib._parser", "sqlite3.dbapi2", "json.decoder"} <= short.kept
    assert {"xmlrpc.client", "pdb", "encodings.cp037"} <= short.dropped
    assert len(short.archive) < len(library) - 3_000_000
    with zipfile.ZipFile(io.BytesIO(short.archive)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert "tomllib/_parser.py" in names
    assert "pdb.py" not in names


def test_every_form_of_an_import_is_read(library):
    source = """
from xml.etree import (
    ElementTree,  # a comment
)
from html \\
    import entities
import graphlib as g, statistics
module = importlib.import_module("wave")
if x: pass
"""
    kept = stdlib.strip(library, [source]).kept
    assert {"xml.etree.ElementTree", "graphlib", "statistics", "wave"} <= kept


def test_what_is_kept_by_name_stays_with_all_below_it(library):
    kept = stdlib.strip(library, [], keep=["xmlrpc", "encodings"]).kept
    assert {"xmlrpc.client", "xmlrpc.server", "encodings.cp037"} <= kept


def test_what_no_worker_runs_stays_when_the_app_names_it(library):
    assert "unittest" not in stdlib.strip(library, []).kept
    assert "unittest.mock" in stdlib.strip(library, ["from unittest import mock"]).kept


def test_the_same_input_gives_the_same_bytes(library):
    one, other = (stdlib.strip(library, ["import csv"]).archive for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    ("table", "release", "expected"),
    [
        ({}, True, Release()),
        ({}, False, Release(columns=True, docstrings=True, minify=False)),
        ({"docstrings": True}, True, Release(docstrings=True)),
        ({"columns": True, "minify": False}, True, Release(columns=True, minify=False)),
        ({"columns": False, "docstrings": False, "minify": True}, False, Release()),
        (
            {"strip-stdlib": True, "keep-stdlib": ["wave"]},
            True,
            Release(strip_stdlib=True, keep_stdlib=("wave",)),
        ),
    ],
)
def test_the_project_has_the_last_word_about_what_a_release_leaves_out(table, release, expected):
    assert Release.of(config.read(table, "", "pyproject.toml"), release=release) == expected
