"""Where a package comes from: pre-releases, private indexes, an address; from loopback."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from worker_build.packages import store

from ._help import named, refused, resolved, third_party
from .conftest import MakeProject, MakeWheel

pytestmark = pytest.mark.usefixtures("own_cache")

EXPECTED = f"Basic {base64.b64encode(b'me:secret').decode()}"


class Index(SimpleHTTPRequestHandler):
    """A simple index of the wheels of a folder, below `/private` for `me:secret` alone."""

    def do_GET(self) -> None:
        _, area, *rest = self.path.split("/")
        if area == "private" and self.headers.get("Authorization") != EXPECTED:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="mine"')
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif rest[0] == "simple":
            self.list(area, rest[1])
        else:
            self.path = f"/{rest[-1]}"
            super().do_GET()

    def list(self, area: str, name: str) -> None:
        wheels = sorted(Path(self.directory).glob(f"{name.replace('-', '_')}-*.whl"))
        page = "".join(
            f'<a href="/{area}/files/{wheel.name}#sha256={store.sha256(wheel)}">{wheel.name}</a>\n'
            for wheel in wheels
        ).encode()
        self.send_response(200 if wheels else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Path]]:
    """Its `host:port`, and the folder of its wheels; uv has not seen it before."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    folder = tmp_path / "index"
    folder.mkdir()
    handler = partial(Index, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_port}", folder
        running.shutdown()


def test_a_pre_release_comes_where_it_is_asked_for(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("a", "1.0")
    make_wheel("a", "2.0b1")
    assert third_party(resolved(make_project("a", name="one"))) == {"a": "1.0"}
    assert third_party(resolved(make_project("a==2.0b1", name="two"))) == {"a": "2.0b1"}
    assert third_party(resolved(make_project("a>=2.0b1", name="three"))) == {"a": "2.0b1"}


def test_pre_releases_come_where_uv_is_told_to_take_them(
    make_project: MakeProject, make_wheel: MakeWheel, links: Path
):
    make_wheel("a", "1.0")
    make_wheel("a", "2.0b1")
    uv = f'[tool.uv]\nno-index = true\nfind-links = ["{links}"]\nprerelease = "allow"\n'
    assert third_party(resolved(make_project("a", extra=uv))) == {"a": "2.0b1"}


def private(server: str, *, more: str = "") -> str:
    """A project's index of that name, and of nobody else."""
    return (
        f'[[tool.uv.index]]\nname = "my-own"\nurl = "http://{more}{server}/private/simple"\n'
        "default = true\n[tool.uv]\n"
    )


@pytest.mark.parametrize("where", ["in the address", "by name", "in netrc"])
def test_a_private_index_serves_the_project_that_names_it(
    server: tuple[str, Path],
    make_project: MakeProject,
    make_wheel: MakeWheel,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    where: str,
):
    address, folder = server
    make_wheel("a", requires=["b"], folder=folder)
    make_wheel("b", folder=folder)
    more = ""
    if where == "in the address":
        more = "me:secret@"
    elif where == "by name":
        monkeypatch.setenv("UV_INDEX_MY_OWN_USERNAME", "me")
        monkeypatch.setenv("UV_INDEX_MY_OWN_PASSWORD", "secret")
    else:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
        (tmp_path / "netrc").chmod(0o600)
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    root = make_project("a", extra=private(address, more=more))
    assert third_party(resolved(root)) == {"a": "1.0", "b": "1.0"}


def test_a_private_index_without_its_password_is_told(
    server: tuple[str, Path], make_project: MakeProject, make_wheel: MakeWheel
):
    address, folder = server
    make_wheel("a", folder=folder)
    error = refused(make_project("a", extra=private(address)))
    assert error.code == "WB402"
    assert "401" in str(error)


def test_an_index_of_one_package_alone_gives_that_one(
    server: tuple[str, Path], make_project: MakeProject, make_wheel: MakeWheel, links: Path
):
    address, folder = server
    make_wheel("a", "2.0", folder=folder)
    make_wheel("b", "2.0", folder=folder)
    make_wheel("a", "1.0")
    make_wheel("b", "1.0")
    uv = (
        f'[[tool.uv.index]]\nname = "mine"\nurl = "http://{address}/open/simple"\nexplicit = true\n'
        f'[[tool.uv.index]]\nname = "flat"\nurl = "{links.as_uri()}"\nformat = "flat"\n'
        'default = true\n[tool.uv.sources]\na = { index = "mine" }\n[tool.uv]\n'
    )
    assert third_party(resolved(make_project("a", "b", extra=uv))) == {"a": "2.0", "b": "1.0"}


def test_a_package_comes_from_an_address(
    server: tuple[str, Path], make_project: MakeProject, make_wheel: MakeWheel, links: Path
):
    address, folder = server
    wheel = make_wheel("a", files={"a/__init__.py": "X = 1\n"}, folder=folder)
    uv = (
        f'[tool.uv.sources]\na = {{ url = "http://{address}/open/files/{wheel.name}" }}\n'
        f'[tool.uv]\nno-index = true\nfind-links = ["{links}"]\n'
    )
    root = make_project("a", extra=uv)
    names = [file.name for file in named(resolved(root), "a").files]
    assert "a/__init__.py" in names
    # Kept by its hash: neither the server nor uv is asked again.
    wheel.unlink()
    assert [file.name for file in named(resolved(root), "a").files] == names
