"""FastAPI and Flask as their newcomer builds them: the example's own project and wrangler file."""

import shutil
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from worker_build import toolchain
from worker_build.miniflare import Miniflare

from .conftest import EXAMPLES, built

pytestmark = [pytest.mark.miniflare, pytest.mark.slow]

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
CLOSED = "http://127.0.0.1:9"


def check_cold_and_warm(name: str, project: Path, out: Path) -> None:
    with Miniflare.from_project(project, build=out, outbound={}) as running:
        cold, warm = running.fetch("/"), running.fetch("/")
    assert cold.status_code == warm.status_code == 200
    assert cold.text == warm.text
    assert ("hello" if name == "fastapi" else "<form") in cold.text


@pytest.mark.parametrize("name", ["fastapi", "flask"])
def test_cold_and_warm(tmp_path: Path, name: str):
    project = EXAMPLES / name
    check_cold_and_warm(name, project, built(project, tmp_path / "build"))


@pytest.mark.index
@pytest.mark.parametrize("name", ["fastapi", "flask"])
def test_from_a_clean_cache_and_then_without_a_network(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "toolchain").symlink_to(toolchain.install().modules.parents[1])
    monkeypatch.setenv(toolchain.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    project = tmp_path / name
    shutil.copytree(EXAMPLES / name / "src", project / "src")
    shutil.copy(EXAMPLES / name / "wrangler.toml", project)
    # Outside of the checkout, the runtime is the one that worker-build carries.
    facts, _, _ = (EXAMPLES / name / "pyproject.toml").read_text().partition("[tool.uv.sources]")
    (project / "pyproject.toml").write_text(facts)
    check_cold_and_warm(name, project, built(project, tmp_path / "first", release=False))

    for variable in PROXIES:
        monkeypatch.setenv(variable, CLOSED)
        monkeypatch.setenv(variable.lower(), CLOSED)
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    # It keeps the proxies that it has found first.
    monkeypatch.setattr("urllib.request._opener", None)
    with pytest.raises(URLError):
        urlopen("https://example.com/")
    # An image anew, of an app that has changed: not the first build's bundle.
    with (project / "src" / "main.py").open("a") as main:
        main.write("\nCHANGED = True\n")
    check_cold_and_warm(name, project, built(project, tmp_path / "second", release=False))
    first, second = ((tmp_path / each / "worker" / "image.wasm") for each in ("first", "second"))
    assert first.read_bytes() != second.read_bytes()
