"""Running a worker while building: the plain workerd, with nothing of this machine."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from worker_build.errors import BuildError
from worker_build.toolchain import Toolchain

__all__ = ["ask", "flags_for", "start_cpu"]

COMPATIBILITY_DATE: Final = "2026-07-30"
_TIMEOUT_SECONDS: Final = 120
_PREFIX: Final = "worker-build-"

JAVASCRIPT: Final = "app/"
"""Where the modules of the app's own JavaScript are, by name."""
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG: Final = 1


def ask(
    toolchain: Toolchain, main: str, modules: Mapping[str, bytes], *, flags: Sequence[str] = ()
) -> tuple[dict[str, Any], bytes]:
    """Start workerd over `modules` and return its answer to one request: JSON and bytes.

    Args:
        toolchain: where workerd is.
        main: the main module.
        modules: content by name; `.mjs` and `.wasm`.
        flags: compatibility flags.

    Raises:
        BuildError: WB107, a module of the app's JavaScript cannot be loaded; WB305, workerd does
            not start or does not answer.
    """
    with _running(toolchain, main, modules, flags) as (process, port):
        body = _fetch(process, port)
    (length,) = struct.unpack_from("<I", body)
    return json.loads(body[4 : 4 + length]), body[4 + length :]


def flags_for(javascript: Iterable[str]) -> list[str]:
    """Compatibility flags that a worker needs for the platform's modules that it asks for."""
    return ["nodejs_compat"] if any(name.startswith("node:") for name in javascript) else []


def start_cpu(
    toolchain: Toolchain, main: str, modules: Mapping[str, bytes], *, flags: Sequence[str] = ()
) -> float | None:
    """Start workerd over `modules`, and end it as soon as the global scope of the worker has run.

    Args:
        toolchain: where workerd is.
        main: the main module.
        modules: content by name; `.mjs` and `.wasm`.
        flags: compatibility flags.

    Returns:
        The CPU time of its whole process in seconds; None where the system does not tell it.

    Raises:
        BuildError: WB305, the worker does not start.
    """
    if not hasattr(os, "wait4"):
        return None
    with _running(toolchain, main, modules, flags) as (process, port):
        # workerd listens once the global scope has run: no event, and none of the app's handlers.
        _connected(process, port).close()
        process.kill()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def _running(
    toolchain: Toolchain, main: str, modules: Mapping[str, bytes], flags: Sequence[str]
) -> Generator[tuple[subprocess.Popen[bytes], int]]:
    """A workerd that starts, and the port that it will listen on; what it says is in its errors."""
    with contextlib.ExitStack() as closing:
        try:
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix=_PREFIX)))
            _write(folder, {**modules, "config.capnp": _config(main, modules, flags).encode()})
        except OSError as error:
            raise BuildError(
                "WB304",
                f"the folder for temporary files cannot be written: {error.strerror or error}",
                tempfile.gettempdir(),
                "make room there, some 200 MB, or set TMPDIR to another folder",
            ) from error
        port = _free_port()
        log = folder / "log"
        process = _spawned(toolchain, folder, port, closing.enter_context(log.open("wb")))
        try:
            yield process, port
        except TimeoutError as error:
            raise BuildError(
                "WB116",
                f"importing the app has not ended after {_TIMEOUT_SECONDS} s",
                fix="do the work in a handler, or look for a loop that never ends",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise _refused(log.read_text("utf-8", "replace")[-4000:].strip(), error) from error
        finally:
            process.kill()
            process.wait()


def _refused(told: str, error: Exception) -> BuildError:
    """What workerd says when a module cannot be loaded; one of the app's own has a place."""
    message = re.search(r"Uncaught (?:Error: )?(.+)", told)
    place = re.search(rf'(?:at|from) "?{JAVASCRIPT}([^":\n]+)"?(:\d+)?', told)
    if message and place:
        return BuildError(
            "WB107",
            f"a module of JavaScript cannot be loaded: {message[1].rstrip('.')}",
            f"{place[1]}{place[2] or ''}",
            "correct it; it is loaded when the worker starts, and imports files of the project by"
            " their path",
        )
    return BuildError("WB305", f"workerd did not start the worker: {told or error}")


def _spawned(
    toolchain: Toolchain, folder: Path, port: int, log: BinaryIO
) -> subprocess.Popen[bytes]:
    command = [toolchain.workerd, "serve", "config.capnp", f"--socket-addr=http=127.0.0.1:{port}"]
    try:
        return subprocess.Popen(
            command, cwd=folder, env={}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=_die_with_parent if _LIBC else None,  # noqa: PLW1509
        )  # fmt: skip
    except OSError as error:
        raise BuildError(
            "WB305",
            f"workerd cannot be run: {error.strerror or error}",
            str(toolchain.workerd),
            "see what `worker-build doctor` says",
        ) from error


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _die_with_parent() -> None:
    """A build that is killed leaves no workerd behind: on Linux the kernel sees to it."""
    # Nothing but a system call: this runs between fork and exec.
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _connected(process: subprocess.Popen[bytes], port: int) -> socket.socket:
    """Connect as soon as workerd listens."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_SECONDS)
        except ConnectionRefusedError:
            if process.poll() is not None:
                raise
            if time.monotonic() > deadline:
                raise TimeoutError from None
            time.sleep(0.005)


def _fetch(process: subprocess.Popen[bytes], port: int) -> bytes:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.sock = _connected(process, port)
        connection.request("GET", "/")
        response = connection.getresponse()
        body = response.read()
    if response.status != http.client.OK:
        raise http.client.HTTPException(f"status {response.status}: {body[:400]!r}")
    return body


def _config(main: str, modules: Mapping[str, bytes], flags: Sequence[str]) -> str:
    entries = ",\n".join(
        f'    (name = "{name}", {"esModule" if name.endswith(".mjs") else "wasm"} = embed "{name}")'
        for name in (main, *sorted(set(modules) - {main}))
    )
    listed = ", ".join(json.dumps(flag) for flag in flags)
    return f"""using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .build), (name = "nowhere", network = (allow = []))],
  sockets = [(name = "http", http = (), service = "main")]
);
const build :Workerd.Worker = (
  modules = [
{entries}
  ],
  compatibilityDate = "{COMPATIBILITY_DATE}",
  compatibilityFlags = [{listed}],
  globalOutbound = "nowhere"
);
"""
