"""Inbound TCP: a real client, and the plain workerd, whose sockets can be of TCP.

Miniflare has no such sockets; what bindings do with `connect` is in test_objects.py. A handler that
raises is tested there too: a socket of the plain workerd takes the whole process down with it.
"""

import socket
import subprocess
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from worker_build import pipeline, toolchain

pytestmark = pytest.mark.miniflare

PROJECT = Path(__file__).parent / "objects"

CONFIG = """using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [
    (name = "worker", tcp = (), service = "main"),
    (name = "entrypoint", tcp = (), service = (name = "main", entrypoint = "Adder",
      props = (json = "{\\"scale\\": 10}"))),
  ]
);
const worker :Workerd.Worker = (
  modules = [
    MODULES
  ],
  compatibilityDate = "2026-07-30",
  compatibilityFlags = ["experimental"]
);
"""


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Generator[dict[str, int]]:
    """The built worker behind two TCP sockets of workerd: the port of each."""
    build = tmp_path_factory.mktemp("connect") / "build"
    pipeline.build(PROJECT, out_dir=build)
    folder = build / "worker"
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    names.sort(key=lambda name: name != "shim.mjs")
    modules = ",\n    ".join(
        f'(name = "{name}", {"esModule" if name.endswith(".mjs") else "wasm"} = embed "{name}")'
        for name in names
    )
    (folder / "config.capnp").write_text(CONFIG.replace("MODULES", modules))
    found = {name: free_port() for name in ("worker", "entrypoint")}
    process = subprocess.Popen(
        [
            toolchain.install().workerd,
            "serve",
            "--experimental",
            "config.capnp",
            *(f"--socket-addr={name}=127.0.0.1:{port}" for name, port in found.items()),
        ],
        cwd=folder,
    )
    try:
        yield found
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(port: int) -> socket.socket:
    """A connection, as soon as workerd listens."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_client_and_a_worker_take_turns(ports):
    with connect(ports["worker"]) as client, client.makefile("rwb", buffering=0) as lines:
        assert lines.readline() == b"hello\n"
        for line in (b"abc", b"", b"\x00\xff", b"x" * 100_000):
            lines.write(line + b"\n")
            assert lines.readline() == line[::-1] + b"\n"
        client.shutdown(socket.SHUT_WR)
        assert lines.read() == b""


def test_clients_at_once_do_not_wait_for_each_other(ports):
    with connect(ports["worker"]) as first, connect(ports["worker"]) as second:
        for client, line in ((second, b"two"), (first, b"one"), (second, b"three")):
            client.sendall(line + b"\n")
            assert receive(client, line[::-1] + b"\n")


def receive(client: socket.socket, end: bytes) -> bool:
    """Read until that has come."""
    came = b""
    while not came.endswith(end):
        chunk = client.recv(4096)
        assert chunk, came
        came += chunk
    return True


def test_an_entry_point_is_reached_with_its_props(ports):
    with connect(ports["entrypoint"]) as client, client.makefile("rwb", buffering=0) as lines:
        lines.write(b"3 4\n")
        assert lines.read() == b"70"
