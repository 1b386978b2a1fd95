"""What a start of the bundle costs: measured from outside, and held against the limit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from worker_build import pipeline, startup, workerd
from worker_build.cli import _main, events
from worker_build.errors import BuildError

from .conftest import HELLO, tree, write_project

BURNING = """\
let sum = 0;
for (let i = 0; i < 2e9; i++) sum += i % 7;
export const answer = () => sum;
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("startup") / "project")


def test_the_start_is_measured_three_times_and_remembered(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    first = pipeline.build(project).startup
    assert first is not None
    assert len(first.samples) == 3
    assert min(first.samples) <= first.cpu <= max(first.samples)
    monkeypatch.setattr(workerd, "start_cpu", pytest.fail)
    assert pipeline.build(project).startup == first


def test_a_build_for_development_does_not_measure_it(project: Path, tmp_path: Path):
    assert pipeline.build(project, release=False, out_dir=tmp_path / "out").startup is None


def test_what_a_module_of_javascript_burns_at_its_top_is_seen(project: Path, tmp_path: Path):
    plain = pipeline.build(project).startup
    main = 'from worker import js_module\nburning = js_module("./burning.mjs")\n' + HELLO
    heavy = write_project(tmp_path / "project", main)
    (heavy / "src" / "burning.mjs").write_text(BURNING)
    found = pipeline.build(heavy).startup
    assert plain is not None
    assert found is not None
    assert min(found.samples) > max(plain.samples)


def test_a_start_over_the_limit_is_a_warning_and_strictly_an_error(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    assert pipeline.build(project).warnings == ()
    before = tree(project / "build")
    monkeypatch.setattr(startup, "LIMIT_SECONDS", 0.001)
    (warning,) = pipeline.build(project).warnings
    assert "the platform ends a start after 0.001 s" in warning
    (project / "src" / "main.py").write_text(HELLO.replace('"hello"', '"changed"'))
    with pytest.raises(BuildError) as caught:
        pipeline.build(project, strict=True)
    (project / "src" / "main.py").write_text(HELLO)
    assert caught.value.code == "WB202"
    assert caught.value.fix is not None
    assert tree(project / "build") == before


def test_slightly_over_the_limit_is_no_error_even_strictly():
    over = startup.Startup((1.1, 1.2, 9.0))
    assert startup.check(over, strict=True) is not None
    assert startup.check(startup.Startup((0.9, 0.9, 9.0)), strict=True) is None
    with pytest.raises(BuildError, match=r"takes 1\.7 s of CPU"):
        startup.check(startup.Startup((1.6, 1.7, 9.0)), strict=True)


def test_a_bundle_that_does_not_start_is_no_bundle(tmp_path: Path):
    main = 'from worker import js_module\nodd = js_module("./odd.mjs")\n' + HELLO
    project = write_project(tmp_path / "project", main)
    # Only the finished bundle has an image: the build worker has no objection.
    (project / "src" / "odd.mjs").write_text(
        "import { parts } from '../parts.mjs';\nif (parts.image) throw new Error('not here');\n"
    )
    with pytest.raises(BuildError, match="not here") as caught:
        pipeline.build(project)
    assert (caught.value.code, caught.value.where) == ("WB107", "odd.mjs:2")
    assert not (project / "build").exists()


def test_the_whole_account_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(startup, "LIMIT_SECONDS", 0.001)
    assert _main.run([str(project), "-v"]) == 0
    out, err = capsys.readouterr()
    assert "MiB of 64 MiB" in out
    for told in (
        "gzip  worker/image.wasm",
        "%  worker\n",
        "entry points: fetch (main.fetch)",
        "versions: pyodide 314",
        "the same in every isolate of this bundle:\n  the hash seed, ",
        "start: ",
        "the platform ends a start after",
    ):
        assert told in err
    assert _main.run([str(project), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    event: TypeAdapter[object] = TypeAdapter(events.Event)
    for line in lines:
        event.validate_python(line)
    built = next(line for line in lines if line["type"] == "built")
    assert built["startup"]["limit"] == 0.001
    assert set(built["packages"]) == {"(app)", "worker", "worker-macros", "worker-sys"}
    assert built["warnings"] == [line["message"] for line in lines if line["type"] == "note"]
    assert built["manifest"]["fixed"]["entropy"] == []
