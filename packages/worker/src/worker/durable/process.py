"""A command that runs in a container.

Source: `ExecProcess` of @cloudflare/workers-types;
https://developers.cloudflare.com/durable-objects/api/container/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from worker_sys import calls, convert, js

from worker._handle import Handle
from worker.streams import ByteStream, WritableStream

__all__ = ["ExecOutput", "ExecProcess"]


@final
@dataclass(frozen=True, slots=True)
class ExecOutput:
    """What a command wrote, and its exit code; a stream that was not piped is empty."""

    stdout: bytes
    stderr: bytes
    exit_code: int


@final
class ExecProcess(Handle):
    """A command that runs: `await container.exec(["ls", "-l"])`."""

    __slots__ = ()

    @property
    def pid(self) -> int:
        """Its number in the container."""
        return int(self.js.pid)

    @property
    def stdin(self) -> WritableStream | None:
        """What it reads; None unless `stdin="pipe"` was asked for."""
        stream = convert.to_py(getattr(self.js, "stdin", None))
        return None if stream is None else WritableStream._from_js(stream)

    @property
    def stdout(self) -> ByteStream | None:
        """What it writes; None when that is ignored."""
        stream = convert.to_py(getattr(self.js, "stdout", None))
        return None if stream is None else ByteStream._from_js(stream)

    @property
    def stderr(self) -> ByteStream | None:
        """What it writes about itself; None when that is ignored, or part of `stdout`."""
        stream = convert.to_py(getattr(self.js, "stderr", None))
        return None if stream is None else ByteStream._from_js(stream)

    async def wait(self) -> int:
        """Wait until it ends. Returns its exit code.

        Raises:
            JsError: the container ended first.
        """
        return int(await calls.acall(js.runtime, "property", self.js, "exitCode"))

    async def output(self) -> ExecOutput:
        """Wait until it ends, and take everything that it wrote.

        Raises:
            JsError: the container ended first, or a stream is being read already.
        """
        told = await calls.acall(self.js, "output")
        out, err = convert.to_py(told.stdout), convert.to_py(told.stderr)
        return ExecOutput(bytes(out or b""), bytes(err or b""), int(told.exitCode))

    def kill(self, signal: int | None = None) -> None:
        """Send it a signal, SIGTERM when none is given."""
        calls.call(self.js, "kill", *(() if signal is None else (signal,)))
