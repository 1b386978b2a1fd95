from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from worker_build import errors
from worker_build.errors import CODES, FAMILIES, BuildError

SOURCES = Path(errors.__file__).parent


def test_the_text_says_what_where_and_how_to_fix_it():
    error = BuildError("WB104", "there is nothing to run", "pyproject.toml:3", "write src/main.py")
    assert str(error) == (
        "WB104: there is nothing to run\n  at pyproject.toml:3\n  fix: write src/main.py"
    )


def test_details_stand_between_the_place_and_the_fix():
    error = BuildError("WB401", "no wheels", "uv.lock", "build them", details=("a 1.0", "b\nc"))
    assert str(error).splitlines()[2:] == ["  a 1.0", "  b", "  c", "  fix: build them"]


def test_a_bare_family_is_its_general_code():
    assert BuildError("WB3", "broken").code == "WB300"


def test_a_code_outside_the_families_is_refused():
    with pytest.raises(ValueError, match="WB501"):
        BuildError("WB501", "no such thing")


def test_an_error_is_json_data():
    data = BuildError("WB201", "too big").as_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["family"] == "limits"


def test_every_code_belongs_to_a_family():
    assert {code[:3] for code in CODES} == set(FAMILIES)


def test_every_code_that_the_sources_raise_is_listed():
    unknown: list[str] = []
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "BuildError" and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and code.value not in {*CODES, *FAMILIES}:
                    unknown.append(f"{path.name}:{node.lineno} {code.value}")
    assert unknown == []
