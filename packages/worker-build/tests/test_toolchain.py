"""The toolchain's cache: whole or absent, whatever happens while it is filled.

The packages come from a registry on loopback that serves two tiny ones, through the real npm.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from worker_build import _npm, toolchain
from worker_build.errors import BuildError

WORKERD = toolchain._workerd_package()


def tarball(name: str, files: dict[str, str]) -> bytes:
    manifest = {"package.json": json.dumps({"name": name, "version": "1.0.0"})}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for path, text in {**manifest, **files}.items():
            info = tarfile.TarInfo(f"package/{path}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return gzip.compress(raw.getvalue(), mtime=0)


PACKAGES = {
    "tiny": tarball("tiny", {"index.js": "1"}),
    WORKERD: tarball(WORKERD, {"bin/workerd": "not a binary"}),
}


class Registry:
    """An npm registry; `served` may be changed to serve something wrong."""

    def __init__(self) -> None:
        self.served = dict(PACKAGES)
        self.requests: list[str] = []
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.replace("%2f", "/").strip("/")
                registry.requests.append(path)
                if path.endswith(".tgz"):
                    body = registry.served[path.removesuffix(".tgz")]
                elif path in registry.served:
                    body = json.dumps(registry.packument(path)).encode()
                else:
                    return self.send_error(404)
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return None

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,)).start()

    def packument(self, name: str) -> dict[str, object]:
        version = {"name": name, "version": "1.0.0", "dist": {"tarball": f"{self.url}/{name}.tgz"}}
        return {"name": name, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def registry() -> Iterator[Registry]:
    registry = Registry()
    yield registry
    registry.close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: Registry) -> Path:
    """An empty cache, with npm pointed at the loopback registry and our lock at its packages."""
    packages: dict[str, object] = {"": {"dependencies": dict.fromkeys(PACKAGES, "1.0.0")}}
    for name, content in PACKAGES.items():
        digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
        packages[f"node_modules/{name}"] = {"version": "1.0.0", "integrity": f"sha512-{digest}"}
    pinned = {
        "package.json": {"name": "test", "dependencies": dict.fromkeys(PACKAGES, "1.0.0")},
        "package-lock.json": {"name": "test", "lockfileVersion": 3, "packages": packages},
    }
    monkeypatch.setattr(toolchain, "_pinned", lambda name: json.dumps(pinned[name]).encode())
    monkeypatch.setattr(toolchain, "_lock_key", lambda: "key")
    monkeypatch.setenv("npm_config_registry", registry.url)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv(toolchain.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "toolchain"


def left(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if path.name != ".lock")


def test_packages_are_installed_once_and_then_need_no_network(
    cache: Path, registry: Registry
) -> None:
    said: list[str] = []
    tools = toolchain.install(said.append)
    assert tools.package("tiny") == tools.modules / "tiny"
    assert tools.version("tiny") == "1.0.0"
    assert tools.workerd.read_text() == "not a binary"
    assert said[0] == "installing the toolchain"
    assert any("2 of about" in line for line in said)
    asked = len(registry.requests)
    assert toolchain.is_installed()
    assert toolchain.install(pytest.fail) == tools
    assert len(registry.requests) == asked


def test_a_package_that_is_not_there_is_named(cache: Path) -> None:
    with pytest.raises(BuildError, match="no npm package absent") as raised:
        toolchain.install().package("absent")
    assert raised.value.code == "WB300"


def wrong_hash(registry: Registry) -> None:
    registry.served["tiny"] = tarball("tiny", {"index.js": "something else"})


def truncated(registry: Registry) -> None:
    registry.served["tiny"] = PACKAGES["tiny"][:-20]


def missing(registry: Registry) -> None:
    del registry.served["tiny"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(wrong_hash, "hash"), (truncated, "hash"), (missing, "does not have a pinned package")],
)
def test_a_spoiled_download_leaves_nothing_and_the_next_install_works(
    cache: Path, registry: Registry, spoil: Callable[[Registry], None], words: str
) -> None:
    spoil(registry)
    with pytest.raises(BuildError, match=words) as raised:
        toolchain.install()
    assert raised.value.code == "WB302"
    assert raised.value.fix
    assert left(cache) == []
    registry.served = dict(PACKAGES)
    assert toolchain.install().package("tiny").is_dir()


def test_no_network_is_said_with_what_to_do(cache: Path, registry: Registry) -> None:
    registry.close()
    with pytest.raises(BuildError, match="cannot be reached") as raised:
        toolchain.install()
    assert raised.value.code == "WB302"
    assert "needs" not in str(raised.value.what)
    assert "mirror" in str(raised.value.fix)
    assert any("ECONNREFUSED" in line for line in raised.value.details)
    assert not any(line.startswith("npm:     at ") for line in raised.value.details)


def test_a_cache_that_cannot_be_written_is_said(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(toolchain.CACHE_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(BuildError, match="cannot be written") as raised:
        toolchain.install()
    assert raised.value.code == "WB304"
    assert "WORKER_BUILD_CACHE" in str(raised.value.fix)


def test_what_a_killed_install_left_is_swept(cache: Path) -> None:
    (cache / ".aside-dead" / "node_modules").mkdir(parents=True)
    home = toolchain.install().modules.parent
    assert left(cache) == [home.name]


def test_a_damaged_folder_is_replaced(cache: Path) -> None:
    tools = toolchain.install()
    (tools.modules / "tiny" / "index.js").unlink()
    assert not toolchain.is_installed()
    assert (toolchain.install().modules / "tiny" / "index.js").read_text() == "1"
    (tools.modules.parent / ".worker-build.json").write_text("{")
    assert (toolchain.install().modules / "tiny" / "index.js").read_text() == "1"
    assert left(cache) == [tools.modules.parent.name]


def test_two_at_once_install_once(cache: Path, registry: Registry) -> None:
    said: list[str] = []
    found: list[toolchain.Toolchain] = []

    def run() -> None:
        found.append(toolchain.install(said.append))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 3
    assert registry.requests.count("tiny.tgz") == 1
    assert said.count("installing the toolchain") == 1


def test_an_unsupported_platform_is_named(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "_machine", lambda: "riscv64")
    with pytest.raises(BuildError, match="no workerd") as raised:
        toolchain.install()
    assert raised.value.code == "WB303"
    assert left(cache) == []


def test_the_pinned_lock_has_hashes_and_no_address() -> None:
    lock = json.loads(toolchain._pinned("package-lock.json"))
    entries = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(re.match(r"sha512-", entry["integrity"]) for entry in entries.values())
    assert not any("resolved" in entry for entry in entries.values())
    assert b"http" not in toolchain._pinned("package-lock.json")
    asked = lock["packages"][""]["dependencies"]
    assert asked == toolchain.pinned_versions()
    assert all(entries[f"node_modules/{name}"]["version"] == v for name, v in asked.items())


def test_there_is_one_workerd_and_one_of_each_pinned_package() -> None:
    tools = toolchain.install()
    for name, version in toolchain.pinned_versions().items():
        assert tools.version(name) == version
        assert list(tools.modules.rglob(f"node_modules/{name}/package.json")) == []
    large = [path for path in tools.modules.rglob("workerd*") if path.is_file()]
    assert [p for p in large if p.stat().st_size > 10_000_000] == [tools.workerd]
    wanted = json.loads((tools.package("miniflare") / "package.json").read_text())
    assert wanted["dependencies"]["workerd"] == tools.version("workerd")
    assert _npm.node_version().startswith("24.")
