"""The lifespan of an application: once for each isolate, begun inside its first event.

The coroutine is driven until it waits for its shutdown, and then left where it stands: no task
holds it, so that it belongs to no event.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Awaitable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Final

from worker.errors import Error

if TYPE_CHECKING:
    from worker.asgi.types import Application, Message

__all__ = ["Lifespan", "StartupError"]

_PATIENCE_S: Final = 30.0
_PARKED: Final = object()


class StartupError(Error, RuntimeError):
    """The application's start-up failed; the next request tries again."""


class Lifespan:
    """The lifespan of one application in this isolate."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._state: dict[str, Any] = {}
        self._coro: Coroutine[Any, Any, None] | None = None
        self._ready = False
        self._since = 0.0
        self._failure: str | None = None
        self._complete = False

    async def started(self) -> dict[str, Any]:
        """The state that the start-up left; runs it if nobody has.

        Raises:
            StartupError: it failed.
        """
        while not self._ready:
            if self._coro is not None and time.monotonic() - self._since < _PATIENCE_S:
                # Another event is at it. Its tasks cannot be awaited here, only looked at.
                await asyncio.sleep(0.005)
                continue
            await self._start()
        return self._state

    async def _start(self) -> None:
        self._since = time.monotonic()
        self._state = {}
        self._failure = None
        self._complete = False
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self._state,
        }
        coro = self._coro = _coroutine(self._application(scope, _Receive(), self._send))
        try:
            # A task of its own: whatever the start-up leaves open (a task group) is not ours.
            await asyncio.create_task(_until_parked(coro))
        except asyncio.CancelledError:
            self._coro = None
            raise
        except Exception as error:
            if self._complete:
                traceback.print_exception(error, file=sys.stderr)
            elif self._failure is None and _knows_lifespan(error):
                self._coro = None
                raise StartupError(f"the application's start-up failed: {error}") from error
        if self._failure is not None:
            self._coro = None
            raise StartupError(f"the application's start-up failed: {self._failure}")
        self._ready = True

    async def _send(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            self._complete = True
        elif message["type"] == "lifespan.startup.failed":
            self._failure = message.get("message", "")


def _knows_lifespan(error: Exception) -> bool:
    """Whether the application failed in its start-up, not in refusing the protocol.

    Frameworks that know it report failures as a message; one that raises does not know it.
    """
    return isinstance(error, MemoryError)


async def _coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable


class _Receive:
    """First `lifespan.startup`, then nothing for ever."""

    def __init__(self) -> None:
        self._begun = False

    async def __call__(self) -> Message:
        if not self._begun:
            self._begun = True
            return {"type": "lifespan.startup"}
        await _Park()
        return {"type": "lifespan.shutdown"}


class _Park:
    def __await__(self) -> Generator[Any, Any, None]:
        yield _PARKED


async def _until_parked(coro: Coroutine[Any, Any, None]) -> None:
    await _Driven(coro)


class _Driven:
    """Runs a coroutine in the awaiting task until it parks or ends."""

    def __init__(self, coro: Coroutine[Any, Any, None]) -> None:
        self._coro = coro

    def __await__(self) -> Generator[Any, Any, None]:
        coro = self._coro
        resume: Any = lambda: coro.send(None)  # noqa: E731
        while True:
            try:
                yielded = resume()
            except StopIteration:
                return
            if yielded is _PARKED:
                return
            try:
                value = yield yielded
            except GeneratorExit:
                coro.close()
                raise
            except BaseException as error:  # noqa: BLE001  goes on to the coroutine
                resume = lambda error=error: coro.throw(error)  # noqa: E731
            else:
                resume = lambda value=value: coro.send(value)  # noqa: E731
