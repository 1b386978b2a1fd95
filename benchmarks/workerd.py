"""The plain workerd over a worker's files: started, timed, and ended."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from worker_build import pipeline
from worker_build.report import Report
from worker_build.toolchain import Toolchain

PROJECTS = Path(__file__).parent / "projects"
WORKERS = Path(__file__).parent / "workers"
PATIENCE = 60.0
_KINDS = {
    ".mjs": "esModule",
    ".js": "esModule",
    ".wasm": "wasm",
    ".zip": "data",
    ".json": "data",
}


@dataclass(frozen=True, slots=True)
class Start:
    """What a start cost: from the spawn of the process to the first whole response."""

    milliseconds: float
    cpu_milliseconds: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Serving:
    """A workerd that has answered its first request.

    Attributes:
        pid: of the process.
        port: on the loopback.
        milliseconds: from the spawn to the whole of the first response.
    """

    pid: int
    port: int
    milliseconds: float

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, in all its threads."""
        return cpu_of(self.pid)

    def status(self, field: str) -> int:
        """A value in KiB of `/proc/PID/status`, such as `VmHWM`, the peak of the memory held."""
        for line in Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1])
        raise LookupError(field)


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used, in all its threads, dead ones included."""
    # The kernel's number for the CPU clock of another process (clock_getcpuclockid).
    return time.clock_gettime((~pid << 3) | 2)


def project(name: str, out: Path) -> Report:
    """Build one of `projects/` into `out`."""
    return pipeline.build(PROJECTS / name, out_dir=out)


def bundle(report: Report) -> dict[str, Path]:
    """The modules of a built worker, the main one first."""
    return modules(report.out_dir / "worker", "shim.mjs")


def script(name: str) -> Path:
    """One of `workers/`: the worker of the project of that name, in plain JavaScript."""
    return WORKERS / f"{name}.mjs"


def javascript(name: str) -> dict[str, Path]:
    """The same, as a worker."""
    return {f"{name}.mjs": script(name)}


def modules(folder: Path, main: str) -> dict[str, Path]:
    """The modules below a folder, the main one first."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _KINDS)
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    return {main: named.pop(main), **named}


@contextlib.contextmanager
def serving(tools: Toolchain, worker: Mapping[str, Path]) -> Generator[Serving]:
    """Serve a worker until the block ends."""
    process, found = _spawn(tools, worker)
    try:
        yield found
    finally:
        _end(process)


class Watch(Protocol):
    """Looks on while a worker starts."""

    def out(self) -> int:
        """The descriptor that takes what the worker writes to its console."""
        ...

    def begin(self, pid: int) -> None:
        """The process is there."""
        ...


def start(tools: Toolchain, worker: Mapping[str, Path], watch: Watch | None = None) -> Start:
    """Start a worker, ask it once, end it."""
    process, found = _spawn(tools, worker, watch)
    try:
        peak = found.status("VmHWM") / 1024
    finally:
        usage = _end(process)
    return Start(found.milliseconds, (usage.ru_utime + usage.ru_stime) * 1000, peak)


def _spawn(
    tools: Toolchain, worker: Mapping[str, Path], watch: Watch | None = None
) -> tuple[subprocess.Popen[bytes], Serving]:
    """The socket listens before workerd does, so the request waits in it: nothing polls."""
    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        (folder / "config.bin").write_bytes(_compiled(tools, folder, worker))
        listener = closing.enter_context(socket.create_server(("127.0.0.1", 0)))
        port: int = listener.getsockname()[1]
        client = closing.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        number = listener.fileno()
        log = closing.enter_context((folder / "log").open("w+b"))
        begun = time.perf_counter()
        process = subprocess.Popen(
            [
                tools.workerd, "serve", "--binary", folder / "config.bin",
                f"--socket-fd=http={number}",
            ],
            env={}, stdin=subprocess.DEVNULL, stdout=watch.out() if watch else log, stderr=log,
            pass_fds=[number],
        )  # fmt: skip
        if watch:
            watch.begin(process.pid)
        listener.close()
        try:
            _first_answer(client)
            took = (time.perf_counter() - begun) * 1000
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            _end(process)
            log.seek(0)
            raise RuntimeError(f"workerd did not serve: {error}\n{log.read().decode()}") from error
        return process, Serving(process.pid, port, took)


def _compiled(tools: Toolchain, folder: Path, worker: Mapping[str, Path]) -> bytes:
    """The configuration with all modules in it, as Miniflare hands it over.

    From its text, workerd would compile it anew at every start, at a cost that grows with the
    size of the modules: that is no part of a start on the platform.
    """
    text = folder / "config.capnp"
    text.write_text(_config(worker), "utf-8")
    command = [tools.workerd, "compile", "--config-only", "--import-path=/", text]
    return subprocess.run(command, env={}, capture_output=True, check=True).stdout


def _first_answer(client: socket.socket) -> None:
    answer = http.client.HTTPResponse(client)
    answer.begin()
    body = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"the worker answered {answer.status}: {body[:400]!r}")


def _end(process: subprocess.Popen[bytes]) -> Any:
    """Kill the process and return what it used, as `os.wait4` tells it."""
    process.send_signal(signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


def _config(worker: Mapping[str, Path]) -> str:
    entries = ",\n".join(
        f'    (name = "{name}", {_KINDS[path.suffix]} = embed "{path}")'
        for name, path in worker.items()
    )
    return f"""using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [
{entries}
  ],
  compatibilityDate = "2026-07-30"
);
"""
