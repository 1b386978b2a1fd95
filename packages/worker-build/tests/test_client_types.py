"""Clients for another project's classes, from the manifest of its build."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from worker_build import client_types
from worker_build.cli import _main
from worker_build.errors import BuildError

MANIFEST = {
    "version": 1,
    "handlers": [],
    "starts": [],
    "workflows": [],
    "entrypoints": [],
    "objects": [
        {
            "name": "Room",
            "kind": "object",
            "doc": "A chat room.",
            "methods": [
                {
                    "name": "say",
                    "attribute": "say",
                    "role": "rpc",
                    "signature": "(self, text: str) -> int",
                    "doc": "",
                }
            ],
        }
    ],
}

CLIENT = '''"""What other workers may call of other-app.

Generated: do not edit."""


class Room:
    """A chat room."""

    async def say(self, text: str) -> int: ...
'''


def project(folder: Path, name: str) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.py").touch()
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\n')
    return folder


@pytest.fixture
def caller(tmp_path: Path) -> Path:
    return project(tmp_path / "caller", "caller")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    folder = project(tmp_path / "other", "other-app")
    (folder / "build").mkdir()
    (folder / "build" / "manifest.json").write_text(json.dumps(MANIFEST))
    return folder


def test_the_client_of_a_built_project_is_written_beside_the_entry(caller: Path, other: Path):
    file = client_types.write(caller, other, output=None, check=False)
    assert file == caller / "src" / "other_app_client.py"
    assert file.read_text("utf-8") == CLIENT
    assert client_types.write(caller, other, output=None, check=True) == file


def test_the_command_takes_the_other_project(caller: Path, other: Path, tmp_path: Path):
    file = tmp_path / "clients.py"
    code = _main.run(["types", str(caller), "--from", str(other), "--output", str(file)])
    assert code == 0
    assert file.read_text("utf-8") == CLIENT


def test_a_manifest_alone_is_enough(caller: Path, other: Path):
    manifest = other / "build" / "manifest.json"
    file = client_types.write(caller, manifest, output=None, check=False)
    assert file.name == "other_client.py"
    assert "class Room:" in file.read_text("utf-8")


def test_type_checkers_know_the_methods(caller: Path, other: Path):
    client_types.write(caller, other, output=None, check=False)
    source = """
from other_app_client import Room
from worker.durable import ObjectNamespace

async def use(rooms: ObjectNamespace[Room]) -> None:
    reveal_type(await rooms.get_by_name("a").say("x"))
    await rooms.get_by_name("a").say(1)
"""
    file = caller / "src" / "use.py"
    file.write_text(source)
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "pyright",
            "--outputjson",
            "--pythonpath",
            sys.executable,
            str(file),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=caller / "src",
    )
    found = json.loads(checked.stdout)["generalDiagnostics"]
    told = [item["message"].splitlines()[0] for item in found]
    assert told[0] == 'Type of "await rooms.get_by_name("a").say("x")" is "int"'
    assert 'type "Literal[1]"' in told[1]
    assert len(told) == 2


def test_a_client_that_is_out_of_date_is_told(caller: Path, other: Path):
    with pytest.raises(BuildError) as refused:
        client_types.write(caller, other, output=None, check=True)
    assert refused.value.code == "WB103"


@pytest.mark.parametrize("content", [None, "not json", "[]"])
def test_a_project_without_a_manifest_is_told_to_be_built(caller: Path, other: Path, content):
    manifest = other / "build" / "manifest.json"
    if content is None:
        manifest.unlink()
    else:
        manifest.write_text(content)
    with pytest.raises(BuildError) as refused:
        client_types.write(caller, other, output=None, check=False)
    assert refused.value.code == "WB117"
