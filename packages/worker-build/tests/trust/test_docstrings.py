"""A release has no docstrings of the standard library and of `worker`, unless it keeps them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from worker_build import pipeline
from worker_build.miniflare import Miniflare

from .conftest import write_project

MAIN = '''\
"""Mine."""
import sys, json, json.decoder, importlib.metadata
from worker import Response, event

class Thing:
    """A thing."""

@event.fetch
async def fetch(req, env, ctx):
    print("printed")
    sys.stdout.write("x" * 300_000 + "\\n")
    return Response.from_json({
        "json": [json.__doc__, json.loads.__doc__, json.decoder.JSONDecoder.__doc__],
        "worker": [Response.__doc__, Response.ok.__doc__],
        "mine": [__doc__, Thing.__doc__],
        "line": json.loads.__code__.co_firstlineno,
        "future": importlib.metadata.annotations.__class__.__name__,
    })
'''


@pytest.mark.miniflare
@pytest.mark.parametrize("kept", [False, True])
def test_docstrings_are_kept_where_that_is_asked_for(tmp_path: Path, *, kept: bool):
    project = write_project(tmp_path / "project", MAIN)
    if kept:
        file = project / "pyproject.toml"
        file.write_text(f"{file.read_text()}\n[tool.worker-build]\ndocstrings = true\n")
    report = pipeline.build(project)
    with Miniflare(report.out_dir) as running:
        answer = json.loads(running.fetch("/").text)
        running.logs.wait_for("x" * 1000)
    assert [bool(text) for text in (*answer["json"], *answer["worker"])] == [kept] * 5
    assert answer["mine"] == ["Mine.", "A thing."]
    assert answer["line"] > 300
