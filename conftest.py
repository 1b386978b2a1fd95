"""Fixtures of every package's tests."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "tests"))

from support import ring2


@pytest.fixture(scope="session")
def pyodide() -> Iterator[ring2.Pyodide]:
    """Real Pyodide under Node, with our JavaScript and the source folders of our packages."""
    with ring2.Pyodide() as running:
        yield running


@pytest.fixture(scope="session")
def pyodide_with_pydantic(
    pyodide: ring2.Pyodide, tmp_path_factory: pytest.TempPathFactory
) -> ring2.Pyodide:
    """The same, with pydantic as a worker would have it."""
    site = tmp_path_factory.mktemp("site")
    ring2.install_pydantic(site, tmp_path_factory.mktemp("project"))
    pyodide.add_packages(site)
    return pyodide
