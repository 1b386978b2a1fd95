"""Downloads: passwords, broken connections and wrong content, against a server on loopback."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from worker_build.errors import BuildError
from worker_build.packages import fetch, store

from .conftest import MakeWheel

pytestmark = pytest.mark.usefixtures("own_cache")


class Handler(SimpleHTTPRequestHandler):
    """Asks for `me:secret` under `/private`, and cuts the first answers under `/cut` short."""

    cuts = 0

    def do_GET(self) -> None:
        _, area, self.path = self.path.split("/", 2)
        expected = base64.b64encode(b"me:secret").decode()
        if area == "private" and self.headers.get("Authorization") != f"Basic {expected}":
            self.send_error(401)
        elif area == "cut" and type(self).cuts > 0:
            type(self).cuts -= 1
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"PK")
        elif area == "busy":
            self.send_error(503)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(links: Path) -> Iterator[str]:
    handler = partial(Handler, directory=str(links))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker_build.packages.fetch.time.sleep", lambda _: None)


def fetched(url: str, wheel: Path) -> Path:
    return fetch.fetch(url, store.sha256(wheel), package="a 1.0")


def refused(url: str, wheel: Path) -> BuildError:
    with pytest.raises(BuildError) as caught:
        fetched(url, wheel)
    return caught.value


def test_a_file_is_downloaded_once(make_wheel: MakeWheel, server: str):
    wheel = make_wheel("a")
    sha256, content = store.sha256(wheel), wheel.read_bytes()
    url = f"http://{server}/open/{wheel.name}"
    found = fetched(url, wheel)
    wheel.unlink()
    assert fetch.fetch(url, sha256, package="a 1.0") == found
    assert found.read_bytes() == content


@pytest.mark.parametrize("variable", ["UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL"])
def test_a_private_index_is_read_with_the_password_that_uv_has(
    make_wheel: MakeWheel, server: str, monkeypatch: pytest.MonkeyPatch, variable: str
):
    wheel = make_wheel("a")
    name = "mine=" if variable == "UV_INDEX" else ""
    monkeypatch.setenv(variable, f"{name}http://me:secret@{server}/simple")
    found = fetched(f"http://{server}/private/{wheel.name}", wheel)
    assert found.read_bytes() == wheel.read_bytes()


def test_a_password_in_the_address_is_used(make_wheel: MakeWheel, server: str):
    wheel = make_wheel("a")
    fetched(f"http://me:secret@{server}/private/{wheel.name}", wheel)


def test_a_password_in_netrc_is_used(
    make_wheel: MakeWheel, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    wheel = make_wheel("a")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    fetched(f"http://{server}/private/{wheel.name}", wheel)


def test_a_refused_download_is_told_without_the_password(make_wheel: MakeWheel, server: str):
    wheel = make_wheel("a")
    error = refused(f"http://me:wrong@{server}/private/{wheel.name}", wheel)
    assert error.code == "WB404"
    assert error.where == f"http://{server}/private/{wheel.name}"
    assert "wrong" not in str(error)


def test_a_truncated_download_is_tried_again(
    make_wheel: MakeWheel, server: str, monkeypatch: pytest.MonkeyPatch
):
    wheel = make_wheel("a")
    monkeypatch.setattr(Handler, "cuts", 2)
    found = fetched(f"http://{server}/cut/{wheel.name}", wheel)
    assert found.read_bytes() == wheel.read_bytes()


def test_a_download_that_is_always_truncated_is_told(
    make_wheel: MakeWheel, server: str, own_cache: Path, monkeypatch: pytest.MonkeyPatch
):
    wheel = make_wheel("a")
    monkeypatch.setattr(Handler, "cuts", 9)
    error = refused(f"http://{server}/cut/{wheel.name}", wheel)
    assert error.code == "WB404"
    assert "2 of 1000 bytes" in error.what
    assert list((own_cache / "packages" / "wheels").iterdir()) == []


def test_a_server_in_trouble_is_told(make_wheel: MakeWheel, server: str):
    wheel = make_wheel("a")
    error = refused(f"http://{server}/busy/{wheel.name}", wheel)
    assert (error.code, "Service Unavailable" in error.what) == ("WB404", True)


def test_a_wrong_hash_is_told_and_nothing_is_kept(
    make_wheel: MakeWheel, server: str, own_cache: Path
):
    wheel = make_wheel("a")
    with pytest.raises(BuildError) as caught:
        fetch.fetch(f"http://{server}/open/{wheel.name}", "0" * 64, package="a 1.0")
    assert caught.value.code == "WB405"
    assert caught.value.details[1].endswith(store.sha256(wheel))
    assert list((own_cache / "packages" / "wheels").iterdir()) == []


def test_a_file_that_is_gone_is_told(tmp_path: Path):
    with pytest.raises(BuildError) as caught:
        fetch.fetch((tmp_path / "gone.whl").as_uri(), "0" * 64, package="a 1.0")
    assert caught.value.code == "WB404"


def test_a_server_that_cannot_be_reached_is_told(make_wheel: MakeWheel):
    wheel = make_wheel("a")
    assert refused(f"http://127.0.0.1:9/{wheel.name}", wheel).code == "WB404"
