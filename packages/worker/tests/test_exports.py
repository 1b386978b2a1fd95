"""What `from worker import …` offers: three lists that must say the same."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import worker

SOURCE = ast.parse(Path(worker.__file__).read_text("utf-8"))


def seen_by_type_checkers() -> set[str]:
    found = set()
    for node in ast.walk(SOURCE):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("worker"):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def test_type_checkers_see_exactly_what_is_exported():
    assert seen_by_type_checkers() == set(worker.__all__)


@pytest.mark.parametrize("name", sorted(worker._MODULES))
def test_a_lazy_name_comes_from_its_module(name):
    module = importlib.import_module(f"worker.{worker._MODULES[name]}")
    assert getattr(worker, name) is getattr(module, name)


@pytest.mark.parametrize("name", ["abort", "delay", "fetch", "js_module"])
def test_a_function_named_like_its_module_stays_a_function(name):
    importlib.import_module(f"worker.{name}")
    assert callable(getattr(worker, name))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Requests'"):
        worker.Requests  # noqa: B018  asking is the test


def test_importing_worker_loads_no_binding_and_no_pydantic():
    command = [sys.executable, "-c", "import sys, worker; print(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    unwanted = {"worker.d1", "worker.r2", "worker.durable", "pydantic"}
    assert not unwanted & set(done.stdout.split())
