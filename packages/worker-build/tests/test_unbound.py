"""A class that the wrangler file does not know is told after the build, with what to add."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from worker_build.cli.build import unbound_classes
from worker_build.report import Report
from worker_build.stage import APP

WRANGLER = 'name = "app"\ncompatibility_date = "2026-07-30"\n'
BOUND = """
[[durable_objects.bindings]]
name = "ROOM"
class_name = "Room"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Room"]
"""


def report(**classes: list[dict[str, Any]]) -> Report:
    manifest = {"objects": [], "workflows": [], **classes}
    return Report(Path("build"), (), {}, manifest, {})


ROOM = {"name": "Room", "file": f"{APP}/main.py", "line": 7}


def test_an_object_without_binding_and_migration_is_told_with_the_lines_to_add(tmp_path: Path):
    (tmp_path / "wrangler.toml").write_text(WRANGLER)
    binding, migration = unbound_classes(tmp_path, None, report(objects=[ROOM]))
    assert binding.startswith("the Durable Object `Room` has no binding (main.py:7): add to")
    assert 'class_name = "Room"' in binding
    assert 'new_sqlite_classes = ["Room"]' in migration


def test_a_class_that_is_bound_is_not_told(tmp_path: Path):
    (tmp_path / "wrangler.toml").write_text(WRANGLER + BOUND)
    assert unbound_classes(tmp_path, None, report(objects=[ROOM])) == []


def test_the_chosen_environment_counts(tmp_path: Path):
    (tmp_path / "wrangler.toml").write_text(WRANGLER + BOUND + '[env.test]\nvars = { A = "1" }\n')
    binding, *_ = unbound_classes(tmp_path, "test", report(objects=[ROOM]))
    assert "has no binding" in binding


def test_a_build_needs_no_wrangler_file(tmp_path: Path):
    assert unbound_classes(tmp_path, None, report(objects=[ROOM])) == []
    assert unbound_classes(tmp_path, None, report()) == []
