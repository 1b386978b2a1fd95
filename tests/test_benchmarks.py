"""The benchmarks' list, arithmetic and JSON; what they measure is asserted nowhere."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))


def test_the_module_lists_its_benchmarks(capsys):
    from benchmarks import BENCHMARKS
    from benchmarks.__main__ import main

    assert main(["--list"]) == 0
    assert capsys.readouterr().out.split() == ["ffi", "router", "size", "cold", "http", "build"]
    assert all(importlib.util.find_spec(module) for module in BENCHMARKS.values())
    for module in BENCHMARKS.values():
        assert callable(importlib.import_module(module).run)


def test_an_unknown_name_is_told(capsys):
    from benchmarks.__main__ import main

    assert main(["colt"]) == 2
    assert "no benchmark colt; there are ffi, " in capsys.readouterr().err


def test_a_ratio_is_of_the_medians_and_its_ends_are_of_rounds():
    from benchmarks.measure import Measure, Spread

    measure = Measure("m", "ms", {"ours": [30.0, 10.0, 20.0], "js": [5.0, 10.0, 2.0]})
    assert measure.peers == ["js"]
    assert measure.spread("ours") == Spread(20.0, 10.0, 30.0, 3)
    assert measure.ratio("js") == Spread(4.0, 1.0, 10.0, 3)


def test_the_table_names_every_side_and_what_was_left_out():
    from benchmarks.measure import Measure, table

    measure = Measure("m", "ms", {"ours": [1234.5], "js": [617.25]}, {"hono": "no network"})
    lines = table([measure]).splitlines()[2:]
    assert lines[0].startswith("| m | ours | 1,234 |")
    assert lines[1] == "| m | js | 617.2 | 617.2-617.2 | 1 | ms | 2.00x | 2.00-2.00 |"
    assert lines[2].startswith("| m | hono | left out: | no network |")


def test_results_are_kept_with_machine_versions_and_raw_samples(tmp_path, monkeypatch, capsys):
    from benchmarks import __main__ as command
    from benchmarks.measure import Measure

    def run(options):
        return [Measure("m", "ms", {"ours": [2.0] * options.rounds, "js": [1.0] * options.rounds})]

    fake = type(sys)("benchmarks_fake")
    fake.run = run
    monkeypatch.setitem(sys.modules, "benchmarks_fake", fake)
    monkeypatch.setattr(command, "BENCHMARKS", {"fake": "benchmarks_fake"})
    file = tmp_path / "deep" / "results.json"
    assert command.main(["fake", "--rounds", "2", "--json", str(file)]) == 0
    kept = json.loads(file.read_text("utf-8"))
    assert set(kept) == {"schema", "machine", "versions", "benchmarks"}
    assert {"processor", "cores", "load_before", "load_after", "at"} <= set(kept["machine"])
    assert {"python", "worker", "pyodide", "workerd"} <= set(kept["versions"])
    assert kept["benchmarks"]["fake"] == [
        {
            "name": "m",
            "unit": "ms",
            "samples": {"ours": [2.0, 2.0], "js": [1.0, 1.0]},
            "ratios": {"js": 2.0},
            "left_out": {},
        }
    ]
    assert "2.00x" in capsys.readouterr().out
