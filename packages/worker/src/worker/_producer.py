"""Python's chunks as a JavaScript stream; the source runs in one task, and only on demand."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
)
from contextvars import copy_context
from functools import partial
from typing import Any, Final, cast

from worker_sys import aio, calls, js, proxies

from worker._hints import BYTES, require

__all__ = ["Chunk", "chunks_of", "produce", "to_bytes"]

type Chunk = bytes | bytearray | memoryview | str

_STOP: Final = object()
_FILE_CHUNK: Final = 64 * 1024


def produce(source: AsyncIterable[Chunk] | Iterable[Chunk]) -> Any:
    """A JavaScript `ReadableStream` of what `source` yields.

    The source starts at the first read and is asked for one chunk for each read after it.
    When the reader gives up, or the event ends, the source is closed: a generator's `finally` runs.
    The event that makes the stream lasts until then.
    """
    return _Producer(chunks_of(source)).stream


def to_bytes(chunk: Chunk) -> bytes | bytearray | memoryview:
    """A chunk as bytes; text is sent as UTF-8.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(chunk, str):
        return chunk.encode()
    require(BYTES, chunk, "the chunks of a stream are bytes or text")
    return chunk


async def chunks_of[T](source: AsyncIterable[T] | Iterable[T]) -> AsyncGenerator[T]:
    """The items of any source, which is closed with this generator.

    A plain generator runs where it may use `run_sync`; a file is read in pieces of 64 KiB.
    """
    iterator: Any
    if isinstance(source, AsyncIterable):
        iterator = aiter(source)
        try:
            async for chunk in iterator:
                yield chunk
        finally:
            if hasattr(iterator, "aclose"):
                await iterator.aclose()
        return
    read: Any = getattr(source, "read", None)
    iterator = iter(source) if read is None else iter(lambda: read(_FILE_CHUNK) or _STOP, _STOP)
    waits = isinstance(iterator, Generator) and js.IN_WORKER
    context: Any = copy_context()  # one for every step: a generator finds what its first step left
    step: Any = partial(next, cast("Any", iterator), _STOP)
    try:
        while True:
            chunk: Any = await aio.run_blocking(context.run, step) if waits else step()
            if chunk is _STOP:
                return
            yield chunk
    finally:
        close: Any = getattr(source, "close", None)
        if close is not None:
            close()


class _Producer:
    """The Python half of `runtime/streams.mjs`."""

    def __init__(self, source: AsyncIterator[Chunk]) -> None:
        self._source: Any = source
        self._event = aio.current_event()
        self._release: Callable[[], None] | None = self._event.keep() if self._event else None
        self._demand: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._controller: Any = None
        self._entered = False
        self._given_up = False
        self._step: Any = None
        step = proxies.callback(self._stepped, self)
        context = None if self._event is None else self._event.js.ctx
        made = calls.call(js.runtime, "streamFrom", step, context)
        self.stream, self._ended = made[0], made[1]

    def own(self, proxy: Any) -> Any:
        """Let go of what JavaScript holds when the stream has ended, which is before its event."""
        self._step = proxy
        return proxy

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call as part of the event that made the stream."""
        return (
            function(*arguments) if self._event is None else self._event.run(function, *arguments)
        )

    def _stepped(self, controller: Any = None, reason: str | None = None) -> None:
        """Called by JavaScript: read on when it gives a controller, else give up."""
        if controller is None:
            self._given_up = True
            if self._task is None:
                self._start()
            elif self._entered:  # a task cancelled before its first step would never clean up
                self._task.cancel(reason)
        elif self._task is None:
            self._controller = controller
            self._start()
        elif self._demand is not None and not self._demand.done():
            self._demand.set_result(None)

    def _start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        self._entered = True
        try:
            if self._given_up:
                await self._source.aclose()
            else:
                await self._feed()
        except asyncio.CancelledError:
            self._fail("the stream was given up")
        except BaseException as error:  # noqa: BLE001  the reader is told, whatever it is
            self._fail(error)
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a streamed body failed", "exception": error}
            )
        finally:
            self._controller = None
            self._ended()
            self._step.destroy()
            if self._release is not None:
                self._release()

    async def _feed(self) -> None:
        try:
            async for chunk in self._source:
                data = to_bytes(chunk)
                if not data:
                    continue
                self._demand = asyncio.get_running_loop().create_future()
                calls.call(self._controller, "enqueue", data)
                await self._demand
        finally:
            await self._source.aclose()
        calls.call(self._controller, "close")

    def _fail(self, error: BaseException | str) -> None:
        if self._controller is not None:
            calls.call(self._controller, "error", error)
