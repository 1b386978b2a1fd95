"""The benchmarks' list, arithmetic and JSON; what they measure is asserted nowhere."""

import importlib
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
    assert capsys.readouterr().out.split() == list(BENCHMARKS)
    for one in BENCHMARKS.values():
        assert callable(importlib.import_module(one.module).run)


def test_help_and_the_readme_name_every_benchmark(capsys):
    from benchmarks import BENCHMARKS
    from benchmarks.__main__ import main

    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    told = capsys.readouterr().out
    readme = (ROOT / "benchmarks/README.md").read_text("utf-8")
    for name, one in BENCHMARKS.items():
        assert f"  {name:<10}{one.about}" in told
        assert f"| `{name}` |" in readme


def test_a_quick_run_measures_once(tmp_path, capsys):
    from benchmarks.__main__ import main

    file = tmp_path / "quick.json"
    assert main(["router", "--quick", "--json", str(file)]) == 0
    kept = json.loads(file.read_text("utf-8"))["benchmarks"]["router"]
    assert {len(measure["samples"]["ours"]) for measure in kept} == {1}
    assert "| router, 10 routes, static, match | ours |" in capsys.readouterr().out


def test_an_unknown_name_is_told(capsys):
    from benchmarks.__main__ import main

    assert main(["colt"]) == 2
    assert "no benchmark colt; there are ffi, " in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.pyodide
@pytest.mark.miniflare
def test_a_quick_run_builds_serves_and_profiles(tmp_path, capsys):
    from benchmarks.__main__ import main

    file = tmp_path / "quick.json"
    code = main(["ffi", "profile", "json", "--quick", "--json", str(file)])
    assert code == 0, capsys.readouterr().err
    kept = json.loads(file.read_text("utf-8"))["benchmarks"]
    assert {side for one in kept["ffi"] for side in one["samples"]} == {"ours", "pyodide.ffi"}
    assert {one["unit"] for one in kept["profile"]} == {"ms", "ms CPU"}
    assert {side for one in kept["json"] for side in one["samples"]} == {"ours", "js"}
    assert all(min(one["samples"]["js"]) > 0 for one in kept["json"])


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path, capsys):
    from benchmarks.__main__ import main

    (tmp_path / "file").write_text("")
    assert main(["router", "--quick", "--json", str(tmp_path / "file/results.json")]) == 2
    told = capsys.readouterr()
    assert "cannot be written" in told.err and not told.out


def test_a_peer_that_cannot_be_installed_is_left_out_with_the_reason(tmp_path, monkeypatch):
    from worker_build import toolchain

    from benchmarks import peers

    tools = toolchain.install()
    monkeypatch.setenv("WORKER_BUILD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    made, left_out = peers.tried({"hono": lambda: peers.hono(tools, tmp_path), "two": lambda: 2})
    assert made == {"two": 2}
    assert left_out == {"hono": "it could not be installed: the npm registry cannot be reached"}
    assert not list(tmp_path.glob("cache/benchmarks/.aside-*"))


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
    assert lines[1] == "| m | js | 617.2 | 617.2-617.2 | 1 | ms | 2.00x | 2.00-2.00 |  |"
    assert lines[2].startswith("| m | hono | left out: | no network |")


def test_a_goal_is_told_beside_the_figure_with_its_verdict():
    from benchmarks.measure import Goal, Measure, table

    goals = {"ours": Goal(19, 15), "js": Goal(0.75, at_least=True)}
    measure = Measure("m", "MB", {"ours": [14.0], "js": [28.0]}, goals=goals)
    ours, js = table([measure]).splitlines()[2:]
    assert ours.endswith("| ≤ 19 MB (≤ 15 MB): stretched |")
    assert js.endswith("| 0.50x | 0.50-0.50 | ≥ 0.75x: missed |")
    assert Goal(19, 15).verdict(16) == "reached"


def test_a_measure_of_which_we_are_left_out_is_told():
    from benchmarks.measure import Measure, document, table

    measure = Measure("m", "MB", {}, {"ours": "no such option"})
    assert table([measure]).splitlines()[2].startswith("| m | ours | left out: | no such option |")
    kept = document({"size": [measure]}, {}, {})["benchmarks"]["size"][0]
    assert kept["ratios"] == kept["reach"] == kept["samples"] == {}


def test_what_fails_or_is_interrupted_does_not_take_the_rest_along(tmp_path, monkeypatch, capsys):
    from benchmarks import Benchmark
    from benchmarks import __main__ as command
    from benchmarks.measure import Measure

    def run(options):
        return [Measure("whole", "ms", {"ours": [2.0]})]

    def fail(options):
        raise RuntimeError("workerd did not serve")

    def stop(options):
        raise KeyboardInterrupt

    runs = {"broken": fail, "good": run, "slow": stop, "never": run}
    for name, one in runs.items():
        fake = type(sys)(f"benchmarks_{name}")
        fake.run = one
        monkeypatch.setitem(sys.modules, f"benchmarks_{name}", fake)
    listed = {name: Benchmark(f"benchmarks_{name}", "") for name in runs}
    monkeypatch.setattr(command, "BENCHMARKS", listed)
    file = tmp_path / "results.json"
    assert command.main(["--json", str(file)]) == 130
    assert set(json.loads(file.read_text("utf-8"))["benchmarks"]) == {"good"}
    told = capsys.readouterr()
    assert "broken: failed" in told.err and "workerd did not serve" in told.err
    assert "| whole | ours |" in told.out
    assert command.main(["broken", "--json", str(file)]) == 1


def test_results_are_kept_with_machine_versions_and_raw_samples(tmp_path, monkeypatch, capsys):
    from benchmarks import Benchmark
    from benchmarks import __main__ as command
    from benchmarks.measure import Measure

    def run(options):
        return [Measure("m", "ms", {"ours": [2.0] * options.rounds, "js": [1.0] * options.rounds})]

    fake = type(sys)("benchmarks_fake")
    fake.run = run
    monkeypatch.setitem(sys.modules, "benchmarks_fake", fake)
    monkeypatch.setattr(command, "BENCHMARKS", {"fake": Benchmark("benchmarks_fake", "")})
    file = tmp_path / "deep" / "results.json"
    assert command.main(["fake", "--rounds", "2", "--json", str(file)]) == 0
    kept = json.loads(file.read_text("utf-8"))
    assert set(kept) == {"schema", "machine", "versions", "benchmarks"}
    assert {"processor", "cores", "load_before", "load_after", "at"} <= set(kept["machine"])
    assert {"python", "worker", "pyodide", "workerd", "hono", "workers-runtime-sdk"} <= set(
        kept["versions"]
    )
    assert kept["benchmarks"]["fake"] == [
        {
            "name": "m",
            "unit": "ms",
            "samples": {"ours": [2.0, 2.0], "js": [1.0, 1.0]},
            "ratios": {"js": 2.0},
            "reach": {},
            "left_out": {},
        }
    ]
    assert "2.00x" in capsys.readouterr().out


def test_the_steps_of_a_profile_add_up_to_the_start():
    from benchmarks.profile.bench import WHOLE, Round
    from benchmarks.profile.watch import Mark

    names = ["loaded", "python.wasm begins", "python.wasm ends", "image.wasm begins"]
    names += ["image.wasm ends", "image.wasm begins", "image.wasm ends", "bootstrap begins"]
    names += ["bootstrap ends", "started", "asked", "answered"]
    marks = {WHOLE: [Mark(name, 100.0 + 2**n, 0.0) for n, name in enumerate(names)]}
    loaded = {"line": 20.0, "main": 50.0, "image": 70.0, "wasm": 75.0}
    marks |= {variant: [Mark("loaded", at, 0.0)] for variant, at in loaded.items()}
    steps = Round(marks).steps("milliseconds")
    total = steps.pop("all of it")
    assert total == 100 + 2**11
    assert sum(steps.values()) == total
    assert steps["+ main wasm"] == 30
    assert steps["image, before the constructors"] == 2**4 - 2**2
    assert steps["image"] == 2**6 - 2**5
    assert steps["constructors, relocations, extensions"] == 2**5 - 2**4


def test_a_bundle_that_the_profile_does_not_know_is_told(tmp_path):
    from benchmarks.profile import variants

    bundle = tmp_path / "worker"
    bundle.mkdir()
    (bundle / "boot.mjs").write_text("const python = boot();\n")
    with pytest.raises(variants.ChangedError, match=r"no python\.wasm"):
        variants.whole(bundle, tmp_path / "one")
    for name in ("python.wasm", "image.wasm"):
        (bundle / name).write_bytes(b"")
    with pytest.raises(variants.ChangedError, match="finalizeBootstrap in 0 places"):
        variants.whole(bundle, tmp_path / "two")
