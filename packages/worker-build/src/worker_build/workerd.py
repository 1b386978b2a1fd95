"""Running the build worker: the plain workerd, with nothing of this machine."""

from __future__ import annotations

import ctypes
import http.client
import json
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from worker_build.errors import BuildError
from worker_build.toolchain import Toolchain

__all__ = ["ask"]

COMPATIBILITY_DATE: Final = "2026-07-30"
_TIMEOUT_SECONDS: Final = 120
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
        BuildError: WB305, workerd does not start or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="worker-build-") as name:
        folder = Path(name)
        for path, content in modules.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        (folder / "config.capnp").write_text(_config(main, modules, flags), "utf-8")
        port = _free_port()
        address = f"127.0.0.1:{port}"
        log = folder / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [toolchain.workerd, "serve", "config.capnp", f"--socket-addr=http={address}"],
                cwd=folder, env={}, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent if _LIBC else None,  # noqa: PLW1509
            )  # fmt: skip
            try:
                body = _fetch(process, port)
            except TimeoutError as error:
                raise BuildError(
                    "WB116",
                    f"importing the app has not ended after {_TIMEOUT_SECONDS} s",
                    fix="do the work in a handler, or look for a loop that never ends",
                ) from error
            except (OSError, http.client.HTTPException) as error:
                told = log.read_text("utf-8", "replace")[-4000:].strip()
                raise BuildError(
                    "WB305", f"the build worker did not answer: {told or error}"
                ) from error
            finally:
                process.kill()
                process.wait()
    (length,) = struct.unpack_from("<I", body)
    return json.loads(body[4 : 4 + length]), body[4 + length :]


def _die_with_parent() -> None:
    """A build that is killed leaves no workerd behind: on Linux the kernel sees to it."""
    # Nothing but a system call: this runs between fork and exec.
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _fetch(process: subprocess.Popen[bytes], port: int) -> bytes:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/")
            response = connection.getresponse()
            body = response.read()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            if response.status == http.client.OK:
                return body
            raise http.client.HTTPException(f"status {response.status}: {body[:400]!r}")
        finally:
            connection.close()


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
