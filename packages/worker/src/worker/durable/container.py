"""The container that belongs to a Durable Object.

Source: workers-rs `container.rs`;
https://developers.cloudflare.com/durable-objects/api/container/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Self, final

from worker_sys import calls, convert

from worker._handle import Handle
from worker.durable.alarms import span
from worker.durable.process import ExecProcess
from worker.service import Fetcher
from worker.streams import ByteStream

__all__ = ["Container", "ContainerSnapshot", "DirectorySnapshot", "MountedSnapshot"]


@final
@dataclass(frozen=True, slots=True)
class ContainerSnapshot:
    """What a container's disk held, to start another from.

    Attributes:
        id: whose it is.
        size: in bytes.
        name: what it was called, or None.
    """

    id: str
    size: int
    name: str | None = None

    @classmethod
    def _from_plain(cls, plain: Mapping[str, Any]) -> Self:
        return cls(plain["id"], plain["size"], plain.get("name"))

    def _to_js(self) -> Any:
        return convert.options(id=self.id, size=self.size, name=self.name)


@final
@dataclass(frozen=True, slots=True)
class DirectorySnapshot:
    """What one of a container's folders held.

    Attributes:
        id: whose it is.
        size: in bytes.
        dir: the folder.
        name: what it was called, or None.
    """

    id: str
    size: int
    dir: str
    name: str | None = None

    @classmethod
    def _from_plain(cls, plain: Mapping[str, Any]) -> Self:
        return cls(plain["id"], plain["size"], plain["dir"], plain.get("name"))

    def _to_js(self) -> Any:
        return convert.options(id=self.id, size=self.size, dir=self.dir, name=self.name)


@final
@dataclass(frozen=True, slots=True)
class MountedSnapshot:
    """A folder to restore at the start.

    Attributes:
        snapshot: what it is to hold.
        mount_point: where; the folder that the snapshot was taken of when None.
    """

    snapshot: DirectorySnapshot
    mount_point: str | None = None

    def _to_js(self) -> Any:
        return convert.options(snapshot=self.snapshot._to_js(), mountPoint=self.mount_point)


@final
class Container(Handle):
    """A container that runs beside one object: `state.container`.

    Source: workers-rs `Container`
    """

    __slots__ = ()

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended. It may not be ready to answer yet.

        Source: workers-rs `Container::running`
        """
        return bool(self.js.running)

    def start(
        self,
        *,
        enable_internet: bool = False,
        entrypoint: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        directory_snapshots: Sequence[DirectorySnapshot | MountedSnapshot] | None = None,
        container_snapshot: ContainerSnapshot | None = None,
    ) -> None:
        """Start it; returns at once.

        Args:
            enable_internet: whether it may open connections of its own.
            entrypoint: the command, in place of the image's.
            env: environment variables.
            labels: names and values that its metrics carry.
            directory_snapshots: folders to restore.
            container_snapshot: the disk to start from, in place of the image's.

        Raises:
            JsError: it is running already.

        Source: workers-rs `Container::start`, `ContainerStartupOptions`
        """
        options = convert.options(
            enableInternet=enable_internet,
            entrypoint=None if entrypoint is None else [*entrypoint],
            env=None if env is None else dict(env),
            labels=None if labels is None else dict(labels),
            directorySnapshots=_mounts(directory_snapshots),
            containerSnapshot=None if container_snapshot is None else container_snapshot._to_js(),
        )
        calls.call(self.js, "start", options)

    async def wait_for_exit(self) -> None:
        """Wait until it ends.

        Raises:
            JsError: it ended with an exit code other than 0, or was destroyed with an error.

        Source: workers-rs `Container::wait_for_exit`
        """
        await calls.acall(self.js, "monitor")

    async def destroy(self, error: str | None = None) -> None:
        """Kill it and wait until it is gone.

        Args:
            error: what `wait_for_exit` raises; without it, that returns normally.

        Source: workers-rs `Container::destroy`
        """
        await calls.acall(self.js, "destroy", *(() if error is None else (error,)))

    def signal(self, number: int) -> None:
        """Send it a signal, such as `signal.SIGTERM`.

        Source: workers-rs `Container::signal`
        """
        calls.call(self.js, "signal", number)

    def get_tcp_port(self, port: int) -> Fetcher:
        """What sends requests and connections to one of its ports.

        Args:
            port: 1 to 65535. The host of a URL sent through it does not matter.

        Source: workers-rs `Container::get_tcp_port`
        """
        return Fetcher._from_js(calls.call(self.js, "getTcpPort", port))

    async def set_inactivity_timeout(self, timeout: timedelta) -> None:  # noqa: ASYNC109
        """Let it live on for that long after the object went to sleep.

        Source: https://developers.cloudflare.com/durable-objects/api/container/
        """
        await calls.acall(self.js, "setInactivityTimeout", span(timeout))

    async def exec(
        self,
        command: Sequence[str],
        *,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        stdin: Literal["pipe"] | ByteStream | bytes | None = None,
        stdout: Literal["pipe", "ignore"] | None = None,
        stderr: Literal["pipe", "ignore", "combined"] | None = None,
    ) -> ExecProcess:
        """Run a command in it.

        Args:
            command: the program and its arguments; no shell reads them.
            cwd: the folder to run in.
            env: environment variables.
            user: who runs it.
            stdin: what it reads: bytes, a stream, or `pipe` to write to `process.stdin`.
            stdout: `ignore` drops what it writes.
            stderr: as `stdout`; `combined` writes it into `stdout`.

        Returns:
            The process, running: `await (await container.exec(["date"])).output()`.

        Raises:
            TypeError: the command is one text: `["ls", "-l"]` is meant.
            JsError: the container does not run, or has no such program.

        Source: https://developers.cloudflare.com/durable-objects/api/container/
        """
        if isinstance(command, str):
            raise TypeError(f"a command is a list of arguments, not {command!r}")
        given = ByteStream([stdin]) if isinstance(stdin, bytes) else stdin
        options = convert.options(
            cwd=cwd,
            env=None if env is None else dict(env),
            user=user,
            stdin=given._take() if isinstance(given, ByteStream) else given,
            stdout=stdout,
            stderr=stderr,
        )
        return ExecProcess._from_js(await calls.acall(self.js, "exec", [*command], options))

    async def snapshot_directory(self, dir: str, *, name: str | None = None) -> DirectorySnapshot:
        """Keep what a folder holds now.

        Raises:
            JsError: the container does not run, or has no such folder.
        """
        options = convert.options(dir=dir, name=name)
        told = convert.to_py(await calls.acall(self.js, "snapshotDirectory", options))
        return DirectorySnapshot._from_plain(told)

    async def snapshot_container(self, *, name: str | None = None) -> ContainerSnapshot:
        """Keep what its disk holds now.

        Raises:
            JsError: the container does not run.
        """
        options = convert.options(name=name)
        told = convert.to_py(await calls.acall(self.js, "snapshotContainer", options))
        return ContainerSnapshot._from_plain(told)

    async def intercept_outbound_http(self, address: str, target: Fetcher) -> None:
        """Send its HTTP requests to one address to a worker instead.

        Args:
            address: a host name, an address or a CIDR range, each with or without a port.
            target: who answers, such as `state.exports.service("Proxy")`.
        """
        await calls.acall(self.js, "interceptOutboundHttp", address, target.js)

    async def intercept_outbound_https(self, address: str, target: Fetcher) -> None:
        """As `intercept_outbound_http`, for HTTPS: the container must trust the certificate."""
        await calls.acall(self.js, "interceptOutboundHttps", address, target.js)

    async def intercept_all_outbound_http(self, target: Fetcher) -> None:
        """Send all its HTTP requests to a worker instead."""
        await calls.acall(self.js, "interceptAllOutboundHttp", target.js)


def _mounts(snapshots: Sequence[DirectorySnapshot | MountedSnapshot] | None) -> list[Any] | None:
    if snapshots is None:
        return None
    whole = (
        each if isinstance(each, MountedSnapshot) else MountedSnapshot(each) for each in snapshots
    )
    return [each._to_js() for each in whole]
