"""Pyodide's own distribution as a second source: a lock as Pyodide's, files from loopback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from worker_build import project, toolchain
from worker_build.cli import _main
from worker_build.errors import BuildError
from worker_build.packages import distribution, store
from worker_build.packages.lock import lock
from worker_build.packages.select import Wheel, obtain, select

from ._help import named, refused, resolved, third_party
from .conftest import DYLINK, TARGET, MakeProject, MakeWheel

ELSEWHERE = "cp314-cp314-win_amd64"
INFO = {"abi_version": "2026_0", "arch": "wasm32", "python": "3.14.2"}


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Pyodide:
    """A distribution: files in a folder, and the list of them."""

    folder: Path
    lock: Path
    info: dict[str, str] = field(default_factory=lambda: dict(INFO))
    packages: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def add(self, file: Path, *depends: str, sha256: str | None = None) -> None:
        name, version = file.stem.split("-")[:2]
        is_wheel = file.suffix == ".whl"
        self.packages[name] = {
            "name": name,
            "version": version,
            "file_name": file.name,
            "sha256": sha256 or store.sha256(file),
            "depends": list(depends),
            "imports": [name],
            "package_type": "package" if is_wheel else "shared_library",
            "install_dir": "site" if is_wheel else "dynlib",
        }
        self.write()

    def write(self) -> None:
        self.lock.write_text(json.dumps({"info": self.info, "packages": self.packages}))


@pytest.fixture
def pyodide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pyodide:
    """A distribution that is empty, at an address where nobody answers."""
    made = Pyodide(tmp_path / "mirror", tmp_path / "pyodide-lock.json")
    made.folder.mkdir()
    made.write()
    monkeypatch.setattr(distribution, "_lock_file", lambda: made.lock)
    monkeypatch.setattr("worker_build.packages.fetch.time.sleep", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        monkeypatch.setenv(distribution.MIRROR_VARIABLE, f"http://{_address(unused)}")
    return made


@pytest.fixture
def server(pyodide: Pyodide, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address where the distribution's files are, and where they are looked for."""
    handler = partial(Handler, directory=str(pyodide.folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        url = f"http://{_address(running.socket)}"
        monkeypatch.setenv(distribution.MIRROR_VARIABLE, url)
        yield url
        running.shutdown()


@pytest.fixture
def native(pyodide: Pyodide, make_wheel: MakeWheel) -> Path:
    """A package that the index has for another platform, and the distribution for a worker."""
    make_wheel("native", tag=ELSEWHERE)
    files = {"native.cpython-314-wasm32-emscripten.so": DYLINK}
    wheel = make_wheel("native", files=files, tag=TARGET, folder=pyodide.folder)
    pyodide.add(wheel)
    return wheel


@pytest.mark.usefixtures("server", "native")
def test_a_package_without_a_wheel_on_the_index_comes_from_the_distribution(
    make_project: MakeProject,
):
    package = named(resolved(make_project("native")), "native")
    assert "native.cpython-314-wasm32-emscripten.so" in [file.name for file in package.files]
    assert (package.version, package.note) == ("1.0", "from Pyodide's distribution")


@pytest.mark.usefixtures("own_cache")
def test_a_file_of_the_distribution_is_downloaded_once(
    make_project: MakeProject, native: Path, server: str
):
    assert server
    root = make_project("native")
    resolved(root)
    native.unlink()
    assert third_party(resolved(root)) == {"native": "1.0"}


@pytest.mark.usefixtures("server", "native")
def test_the_index_comes_first(make_project: MakeProject, make_wheel: MakeWheel):
    make_wheel("native", tag=TARGET)
    package = named(resolved(make_project("native")), "native")
    assert "native/__init__.py" in [file.name for file in package.files]
    assert package.note is None


@pytest.mark.usefixtures("server")
def test_what_only_the_distribution_knows_comes_along(
    make_project: MakeProject, make_wheel: MakeWheel, pyodide: Pyodide, native: Path
):
    make_wheel("both", "2.0")
    pyodide.add(make_wheel("both", "1.0", folder=pyodide.folder))
    pyodide.add(make_wheel("inner", "3.0", tag=TARGET, folder=pyodide.folder), "native")
    pyodide.add(make_wheel("outer", "4.0", tag=TARGET, folder=pyodide.folder), "both", "inner")
    make_wheel("outer", "4.0", tag=ELSEWHERE, requires=["both"])
    found = resolved(make_project("outer"))
    assert third_party(found) == {"both": "2.0", "inner": "3.0", "native": "1.0", "outer": "4.0"}
    assert {p.name for p in found.packages if p.note} == {"inner", "native", "outer"}
    assert native.is_file()


@pytest.mark.usefixtures("server", "native")
def test_another_version_is_told_with_the_pin_that_takes_it(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("native", "2.0", tag=ELSEWHERE)
    error = refused(make_project("native", name="newest"))
    assert error.code == "WB401"
    assert error.details == (
        "native 2.0: its wheel is for other platforms",
        "  Pyodide's distribution has 1.0, not 2.0: to take it, add",
        '    "native==1.0" to [project] dependencies; where there is a uv.lock, run `uv lock`',
        '  build it: pyodide build "native==2.0"',
    )
    assert third_party(resolved(make_project("native==1.0", name="pinned"))) == {"native": "1.0"}


@pytest.mark.usefixtures("own_cache")
def test_without_a_network_the_file_and_its_address_are_named(
    make_project: MakeProject, native: Path
):
    root = make_project("native")
    error = refused(root)
    details = list(error.details)
    assert error.code == "WB401"
    assert details[0] == "native 1.0: its wheel is for other platforms"
    assert details[1] == f"  Pyodide's distribution has {native.name},"
    assert "Connection refused" in details[2]
    assert details[3].startswith("    from http://127.0.0.1:")
    assert details[3].endswith(f"/{native.name}")
    assert distribution.MIRROR_VARIABLE in details[4]
    assert "[tool.worker-build] `pyodide-mirror`" in details[5]
    assert details[6] == '  build it: pyodide build "native==1.0"'


@pytest.mark.usefixtures("own_cache", "native")
def test_a_mirror_that_has_not_the_file_is_told(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv(distribution.MIRROR_VARIABLE, str(tmp_path / "nowhere"))
    lines = "\n".join(refused(make_project("native")).details)
    assert "No such file" in lines
    assert f"from {(tmp_path / 'nowhere').as_uri()}/native-1.0" in lines


@pytest.mark.usefixtures("own_cache", "native")
def test_a_mirror_may_be_a_folder_that_the_project_names(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(distribution.MIRROR_VARIABLE)
    root = make_project(
        "native", extra='[tool.worker-build]\npyodide-mirror = "../mirror"\n', name="app"
    )
    assert third_party(resolved(root)) == {"native": "1.0"}


@pytest.mark.usefixtures("server")
def test_a_wrong_hash_is_told_and_the_file_is_not_kept(
    make_project: MakeProject, native: Path, pyodide: Pyodide, own_cache: Path
):
    pyodide.add(native, sha256="0" * 64)
    error = refused(make_project("native"))
    assert error.code == "WB405"
    assert "is not the one that Pyodide distributes" in error.what
    assert error.details[1].endswith(store.sha256(native))
    assert not list((own_cache / "packages" / "wheels").glob("**/*.whl"))


@pytest.mark.usefixtures("server", "native")
@pytest.mark.parametrize(("key", "value"), [("abi_version", "2025_0"), ("python", "3.13.2")])
def test_a_distribution_for_another_target_is_refused(
    make_project: MakeProject, pyodide: Pyodide, key: str, value: str
):
    pyodide.info[key] = value
    pyodide.write()
    error = refused(make_project("native"))
    assert (error.code, error.where) == ("WB410", str(pyodide.lock))
    assert value in error.what


@pytest.mark.usefixtures("server", "native")
def test_shared_libraries_are_refused_by_their_names(
    make_project: MakeProject, make_wheel: MakeWheel, pyodide: Pyodide
):
    library = pyodide.folder / "libodd-1.0.zip"
    library.write_bytes(b"")
    pyodide.add(library)
    pyodide.add(make_wheel("odd", tag=TARGET, folder=pyodide.folder), "native", "libodd")
    make_wheel("odd", tag=ELSEWHERE)
    error = refused(make_project("odd"))
    assert error.code == "WB401"
    assert error.details[1:3] == (
        f"  Pyodide's distribution has odd-1.0-{TARGET}.whl,",
        "    but it needs shared libraries, which a worker cannot load: libodd",
    )


@pytest.mark.usefixtures("pyodide")
def test_nothing_is_said_of_a_package_that_the_distribution_has_not(
    make_project: MakeProject, make_wheel: MakeWheel
):
    make_wheel("native", tag=ELSEWHERE)
    assert not any("Pyodide" in line for line in refused(make_project("native")).details)


def test_the_address_is_that_of_the_pinned_pyodide(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(distribution.MIRROR_VARIABLE, raising=False)
    found = distribution.address(project.load(make_project()))
    assert found.startswith("https://")
    assert found.endswith(f"/v{toolchain.pinned_versions()['pyodide']}/full/")


@pytest.mark.parametrize("mirror", ["htps://mirror.example", "https://", "http://[", "file://x"])
def test_a_mirror_that_is_no_address_is_told(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch, mirror: str
):
    monkeypatch.setenv(distribution.MIRROR_VARIABLE, mirror)
    with pytest.raises(BuildError, match="is no address") as caught:
        distribution.address(project.load(make_project()))
    assert (caught.value.code, caught.value.where) == ("WB103", distribution.MIRROR_VARIABLE)


def test_the_pinned_pyodide_lists_what_a_worker_can_take():
    """The real list, of the real toolchain: its target is ours, its numpy a wheel for it."""
    toolchain.install()
    entries = distribution._entries()
    assert len(entries) > 200
    assert entries["numpy"].file.endswith(f"{TARGET}.whl")
    assert all(each.file.endswith(".zip") == each.is_library for each in entries.values())


@pytest.mark.index
@pytest.mark.usefixtures("server")
def test_an_extension_of_the_distribution_runs_in_a_worker(
    make_project: MakeProject,
    make_wheel: MakeWheel,
    pyodide: Pyodide,
    capsys: pytest.CaptureFixture[str],
):
    wheel = _of_index(make_project("msgspec", name="origin", index=True), "msgspec")
    (pyodide.folder / wheel.path.name).write_bytes(wheel.path.read_bytes())
    pyodide.add(pyodide.folder / wheel.path.name)
    version = str(wheel.package.version)
    make_wheel("msgspec", version, tag=ELSEWHERE)
    source = "import msgspec\nfrom worker import event\n\n"
    source += "assert msgspec.json.encode([1]) == b'[1]'\n\n"
    source += "@event.fetch\nasync def fetch(req, env, ctx): ...\n"
    root = make_project("msgspec", files={"src/main.py": source})
    assert _main.run([str(root), "--dev", "-v"]) == 0
    _, told = capsys.readouterr()
    assert "  msgspec (from Pyodide's distribution)\n" in told
    assert f"versions: msgspec {version}, " in told
    assert _main.run([str(root), "--dev", "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    built = next(event for event in events if event["type"] == "built")
    assert built["notes"] == {"msgspec": "from Pyodide's distribution"}


def _of_index(root: Path, name: str) -> Wheel:
    locked = lock(project.load(root))
    chosen, _ = select(locked)
    package, source = next(each for each in chosen if each[0].name == name)
    found = obtain(package, source, locked)
    assert isinstance(found, Wheel)
    return found


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()
    return f"{host}:{port}"
