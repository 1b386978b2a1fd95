"""FastAPI and Flask as their newcomer builds them: the example's own project and wrangler file."""

from pathlib import Path

import pytest
from worker_build.miniflare import Miniflare

from .conftest import EXAMPLES, built

pytestmark = [pytest.mark.miniflare, pytest.mark.slow]


@pytest.mark.parametrize("name", ["fastapi", "flask"])
def test_cold_and_warm(tmp_path: Path, name: str):
    project = EXAMPLES / name
    out = built(project, tmp_path / "build")
    with Miniflare.from_project(project, build=out, outbound={}) as running:
        cold, warm = running.fetch("/"), running.fetch("/")
    assert cold.status_code == warm.status_code == 200
    assert cold.text == warm.text
    assert ("hello" if name == "fastapi" else "<form") in cold.text
