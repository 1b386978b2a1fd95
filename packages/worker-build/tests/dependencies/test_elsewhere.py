"""What an error says about other versions: asked of the index that uv names, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ._help import refused
from .conftest import TARGET, MakeProject, MakeWheel


class Index(SimpleHTTPRequestHandler):
    """A package index over a folder of wheels, in the JSON form of the simple API."""

    def do_GET(self) -> None:
        _, area, name, *_ = [*self.path.split("/"), ""]
        if area != "simple":
            super().do_GET()
            return
        found = sorted(Path(self.directory).glob(f"{name.replace('-', '_')}-*"))
        files = [{"filename": f.name, "url": f"/{f.name}", "hashes": {}} for f in found]
        page = {"meta": {"api-version": "1.0"}, "name": name, "files": files}
        body = json.dumps(page).encode()
        self.send_response(200 if files else 404)
        self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def index(links: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Index, directory=str(links))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/simple"
        running.shutdown()


@pytest.fixture
def details(make_project: MakeProject, index: str) -> Callable[[str], tuple[str, ...]]:
    """The lines of the refusal of a project that asks for one package of the index."""

    def ask(requirement: str) -> tuple[str, ...]:
        table = f'[tool.uv]\n[[tool.uv.index]]\nname = "mine"\nurl = "{index}"\ndefault = true\n'
        return refused(make_project(requirement, extra=table)).details

    return ask


ELSEWHERE = "cp314-cp314-win_amd64"


def test_the_next_version_that_has_a_wheel_is_named(
    make_wheel: MakeWheel, details: Callable[[str], tuple[str, ...]]
):
    make_wheel("native", "1.0", tag=TARGET)
    make_wheel("native", "2.0", tag=ELSEWHERE)
    make_wheel("native", "3.0", tag=TARGET)
    make_wheel("native", "4.0", tag=TARGET)
    assert "  native 3.0 has one" in details("native==2.0")


def test_an_older_version_is_named_where_no_newer_one_has_a_wheel(
    make_wheel: MakeWheel, details: Callable[[str], tuple[str, ...]]
):
    make_wheel("native", "0.5", tag=TARGET)
    make_wheel("native", "1.0", tag=TARGET)
    make_wheel("native", "2.0", tag=ELSEWHERE)
    make_wheel("native", "3.0rc1", tag=TARGET)
    assert "  native 1.0 has one" in details("native==2.0")


def test_nothing_is_said_where_no_version_has_a_wheel(
    make_wheel: MakeWheel, details: Callable[[str], tuple[str, ...]]
):
    make_wheel("native", "1.0", tag=ELSEWHERE)
    make_wheel("native", "2.0", tag=ELSEWHERE)
    assert details("native==2.0") == (
        "native 2.0: its wheel is for other platforms",
        '  build it: pyodide build "native==2.0"',
    )
