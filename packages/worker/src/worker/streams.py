"""Streams of bytes: read one as an async iterator, make one from any iterable.

A stream that JavaScript made (a request's body, an R2 object, a fetched response) is read chunk by
chunk, each only when asked for; handed on unread, its bytes never enter Python.

Source: workers-rs `ByteStream`, `FixedLengthStream`;
https://developers.cloudflare.com/workers/runtime-apis/streams/
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast, final

from worker_sys import calls, convert, js

from worker._producer import Chunk, chunks_of, produce, to_bytes
from worker.errors import BodyUsedError, FetchError, JsError, StreamError, recast

if TYPE_CHECKING:
    from worker.transforms import Transform

__all__ = ["ByteStream", "FixedLengthStream", "WritableStream", "broken"]

type StreamSource = AsyncIterable[Chunk] | Iterable[Chunk]
"""What a stream is made from: chunks of bytes, or of text, which is sent as UTF-8."""

type _Bytes = bytes  # inside the class, `bytes` is a method

_LOST: Final = "Network connection lost."


class ByteStream:
    """A stream of `bytes`, read once.

    Iterate over it with `async for`. Leaving the loop early does not stop the source: use
    `async with stream:`, or `await stream.aclose()`.

    Made by the runtime, or from Python's own chunks: a generator is asked for its next chunk only
    when somebody reads, and is closed (its `finally` runs) when the reader gives up.

    Args:
        source: an iterable or async iterable of bytes or `str`. A plain generator may use
            `run_sync`.

    Raises:
        Error: while reading: what broke the stream (`FetchError` when a connection did); a Python
            source's exception as it is.
        BodyUsedError: somebody else is reading the stream already.

    Source: workers-rs `ByteStream`.
    """

    __slots__ = ("_begun", "_done", "_js", "_made_here", "_reader", "_source")

    def __init__(self, source: StreamSource) -> None:
        self._source: StreamSource | None = source
        self._js: Any = None
        self._reader: Any = None
        self._begun = False
        self._done = False
        self._made_here = False

    @classmethod
    def _from_js(cls, js_stream: Any) -> ByteStream:
        stream = ByteStream(())
        stream._source = None
        stream._js = js_stream
        return stream

    @property
    def js(self) -> Any:
        """The JavaScript `ReadableStream`."""
        if self._source is not None:
            self._js = produce(self._source)
            self._source = None
            self._made_here = True
        return self._js

    @property
    def locked(self) -> bool:
        """Whether somebody reads it already."""
        if self._source is not None:
            return self._begun
        return self._reader is not None or bool(self._js.locked)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _Bytes:
        chunk = await self.read()
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def read(self) -> _Bytes | None:
        """The next chunk, as large as it came; None at the end."""
        if self._done:
            return None
        if self._source is not None:
            return await self._read_source()
        if self._reader is None:
            self._refuse_locked()
            self._reader = calls.call(self.js, "getReader")
        try:
            chunk = convert.to_py(await calls.acall(js.runtime, "readChunk", self._reader))
        except JsError as error:
            raise broken(error) from error
        if chunk is None:
            self._done = True
            self._unlock()
        return chunk

    async def _read_source(self) -> _Bytes | None:
        """Python reads what Python makes: nothing crosses."""
        if not self._begun:
            self._begun = True
            self._source = chunks_of(self._source or ())
        chunks: Any = self._source
        async for chunk in chunks:
            if chunk:
                return bytes(to_bytes(chunk))
        self._done = True
        return None

    async def bytes(self) -> _Bytes:
        """Everything that is left."""
        if self._reader is not None or self._source is not None or self._done:
            return b"".join([chunk async for chunk in self])
        self._refuse_locked()
        self._done = True
        try:
            return convert.to_py(await calls.acall(js.runtime, "readAll", self.js))
        except JsError as error:
            raise broken(error) from error

    async def text(self) -> str:
        """Everything that is left, as UTF-8; what is not UTF-8 becomes U+FFFD."""
        return (await self.bytes()).decode("utf-8", "replace")

    async def aclose(self, reason: str | None = None) -> None:
        """Stop reading and tell the source. Nothing happens when the stream has ended."""
        if self._done:
            return
        self._done = True
        if self._source is not None:
            if self._begun:
                await cast("Any", self._source).aclose()
            return
        reader = self._reader
        target = self.js if reader is None else reader
        await calls.acall(target, "cancel", *(() if reason is None else (reason,)))
        self._unlock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def pipe_through(self, transform: Transform) -> ByteStream:
        """Send everything through `transform`, inside the platform: no byte enters Python."""
        self._refuse_locked()
        return ByteStream._from_js(calls.call(self._take(), "pipeThrough", transform.js))

    async def pipe_to(
        self,
        target: WritableStream,
        *,
        prevent_close: bool | None = None,
        prevent_abort: bool | None = None,
        prevent_cancel: bool | None = None,
    ) -> None:
        """Send everything to `target`, inside the platform, and close it at the end."""
        self._refuse_locked()
        options = convert.options(
            preventClose=prevent_close, preventAbort=prevent_abort, preventCancel=prevent_cancel
        )
        await calls.acall(self._take(), "pipeTo", target.js, options)

    def tee(self) -> tuple[ByteStream, ByteStream]:
        """Two streams with the same chunks. What one has read and the other has not is kept."""
        self._refuse_locked()
        twins = calls.call(self._take(), "tee")
        left, right = ByteStream._from_js(twins[0]), ByteStream._from_js(twins[1])
        left._made_here = right._made_here = self._made_here
        return left, right

    def _take(self) -> Any:
        """The JavaScript stream, for somebody who will read it in our place."""
        if self._done or self._begun or self._reader is not None:
            raise BodyUsedError
        stream = self.js
        self._done = True
        return stream

    def _take_to_send(self) -> Any:
        """As `_take`, for a response: only its own streams are told when a client leaves."""
        stream = self._take()
        return calls.call(js.runtime, "native", stream) if self._made_here else stream

    def _refuse_locked(self) -> None:
        if self._done or self._begun or (self._source is None and self._js.locked):
            raise BodyUsedError

    def _unlock(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            calls.call(reader, "releaseLock")


def broken(error: JsError) -> Exception:
    """What ended a body before its end, by the class that says so; any other error as it is."""
    if type(error) is not JsError:
        return error
    if error.message == _LOST:
        return recast(error, FetchError)
    # At earlier compatibility dates an exception of ours comes out of a pipe as its text.
    told = error.message.removeprefix("StreamError: ")
    if told != error.message or "FixedLengthStream" in told:
        return StreamError(told)
    return error


@final
class FixedLengthStream(ByteStream):
    """A stream whose length is known: R2 and e-mail take no other, and HTTP sends `Content-Length`.

    Args:
        source: a stream, or an iterable of chunks.
        length: its length in bytes.

    Raises:
        StreamError: while reading: the source had another length.

    Source: workers-rs `FixedLengthStream`.
    """

    __slots__ = ("length",)

    def __init__(self, source: ByteStream | StreamSource, length: int) -> None:
        super().__init__(())
        self.length = length
        if isinstance(source, ByteStream) and source._source is None:
            inner = source
        else:
            chunks = source._source if isinstance(source, ByteStream) else source
            inner = ByteStream(_counted(chunks or (), length))
        self._source = None
        fixed = calls.call(js.FixedLengthStream, "new", length)
        self._js = calls.call(inner._take(), "pipeThrough", fixed)

    @classmethod
    def wrap(cls, source: ByteStream | StreamSource, length: int) -> FixedLengthStream:
        """The crate's name for the constructor."""
        return cls(source, length)


async def _counted(source: StreamSource, expected: int) -> AsyncIterator[Chunk]:
    """`source`, checked to be exactly `expected` bytes long."""
    seen = 0
    async with aclosing(chunks_of(source)) as chunks:
        async for chunk in chunks:
            data = to_bytes(chunk)
            seen += memoryview(data).nbytes
            if seen > expected:
                break
            yield data
    if seen != expected:
        raise StreamError(
            "fixed length stream had different length than expected "
            f"(expected {expected}, got {seen})"
        )


class WritableStream:
    """The end of a stream that one writes to. Handed out by a `Transform`."""

    __slots__ = ("_writer", "js")

    js: Any

    @classmethod
    def _from_js(cls, js_stream: Any) -> WritableStream:
        stream = object.__new__(cls)
        stream.js = js_stream
        stream._writer = None
        return stream

    def __init__(self, *_arguments: object) -> None:
        raise TypeError("WritableStream has no public constructor: a Transform hands it out")

    def _lock(self) -> Any:
        if self._writer is None:
            self._writer = calls.call(self.js, "getWriter")
        return self._writer

    async def write(self, chunk: Chunk) -> None:
        """Write one chunk; returns when the reader's side has room for more."""
        data = bytes(to_bytes(chunk))
        await calls.acall(self._lock(), "write", data)

    async def aclose(self) -> None:
        """End the stream; returns when everything has been taken."""
        await calls.acall(self._lock(), "close")

    async def abort(self, reason: str | None = None) -> None:
        """Break the stream: the reader gets an error."""
        await calls.acall(self._lock(), "abort", *(() if reason is None else (reason,)))


# Where a value crosses to JavaScript, a generator in it becomes a stream of what it yields.
for _kind in (AsyncIterator, Iterator):
    convert.register(_kind, lambda source: ByteStream(source).js)
