"""Where `worker` comes from: the checkout here, the carried wheels elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from worker_build.errors import BuildError
from worker_build.packages import runtime


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take the checkout away, as for a worker-build that was installed from its wheel."""
    carried = tmp_path / "wheels"
    runtime.collect(carried)
    monkeypatch.setattr(runtime, "_PACKAGES", tmp_path / "nothing")
    monkeypatch.setattr(runtime, "_CARRIED", carried)
    return carried


def test_a_checkout_builds_the_runtime_from_the_packages_next_to_it():
    assert sorted(runtime.wheels()) == list(runtime.NAMES)


def test_an_installed_worker_build_carries_the_runtime(installed: Path):
    found = runtime.wheels()
    assert {name: path.parent for name, path in found.items()} == dict.fromkeys(
        runtime.NAMES, installed
    )


def test_a_worker_build_without_the_runtime_is_refused(installed: Path):
    next(installed.glob("worker-2*")).unlink()
    with pytest.raises(BuildError) as caught:
        runtime.wheels()
    assert caught.value.code == "WB902"
    assert caught.value.what.endswith("the wheels of worker")


def test_uv_is_given_a_folder_with_the_runtime_and_nothing_else():
    names = [path.name.split("-")[0] for path in runtime.find_links().iterdir()]
    assert sorted(names) == ["worker", "worker_macros", "worker_sys"]
