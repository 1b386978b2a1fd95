"""The manifest holds both ways: a behaviour has a test or a reason, a test has a behaviour."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import requirements
from sandbox.router import router

REQUIREMENTS = requirements.read()
OBJECTS = {
    "AlarmObject",
    "AnotherClass",
    "AutoResponseObject",
    "Counter",
    "EchoContainer",
    "MyClass",
    "PutRawTestObject",
    "SqlCounter",
    "SqlIterator",
}


def ids(prefix: str) -> set[str]:
    """What is mirrored of one kind."""
    return {
        each.id.removeprefix(prefix)
        for each in REQUIREMENTS
        if each.kind == "mirrored" and each.id.startswith(prefix)
    }


def test_ids_are_unique():
    assert len({each.id for each in REQUIREMENTS}) == len(REQUIREMENTS)


def test_every_part_of_the_contract_is_listed():
    assert ids("route:") == {*map(str, range(1, 132)), "fallback"}
    assert ids("object:") == OBJECTS
    assert ids("handler:") == {"queue", "start"}
    assert ids("failure:") == {"panic", "abort", "oom", "js-error"}


def test_every_route_of_the_contract_is_registered():
    registered = {
        (str(method), route.pattern.text)
        for route in router.routes
        for method in route.methods or ("ANY",)
    }
    listed = {tuple(each.what.split()) for each in REQUIREMENTS if each.id.startswith("route:")}
    assert listed <= registered


@pytest.mark.miniflare
def test_every_class_of_the_contract_is_exported(worker_build):
    manifest = json.loads((worker_build / "manifest.json").read_text())
    assert {each["name"] for each in manifest["objects"]} >= OBJECTS


@pytest.mark.parametrize("each", REQUIREMENTS, ids=lambda each: each.id)
def test_a_behaviour_has_a_test_or_a_reason(each):
    assert set(each.tests) <= set(requirements.tests())
    assert each.tests or each.kind in {"differs", "not yet"}
    assert each.why


def test_every_test_has_a_behaviour():
    held = {test for each in REQUIREMENTS for test in each.tests}
    own = {test for test in requirements.tests() if test.startswith("requirements::")}
    assert sorted(set(requirements.tests()) - held - own) == []


def test_the_page_is_what_the_manifest_says():
    script = Path(requirements.__file__)
    command = [sys.executable, script, "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
