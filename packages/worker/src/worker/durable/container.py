"""The container that belongs to a Durable Object.

Source: workers-rs `container.rs`;
https://developers.cloudflare.com/durable-objects/api/container/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import final

from worker_sys import calls, convert

from worker._handle import Handle
from worker.durable.alarms import span
from worker.service import Fetcher

__all__ = ["Container"]


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
    ) -> None:
        """Start it; returns at once.

        Args:
            enable_internet: whether it may open connections of its own.
            entrypoint: the command, in place of the image's.
            env: environment variables.
            labels: names and values that its metrics carry.

        Raises:
            JsError: it is running already.

        Source: workers-rs `Container::start`, `ContainerStartupOptions`
        """
        options = convert.options(
            enableInternet=enable_internet,
            entrypoint=None if entrypoint is None else [*entrypoint],
            env=None if env is None else dict(env),
            labels=None if labels is None else dict(labels),
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
