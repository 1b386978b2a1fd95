"""One HTTP request through an application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Any, Final

from worker_sys import calls, js

from worker._header_bytes import headers_of
from worker._status import NULL_BODY
from worker.asgi.disconnect import ClientGoneError, is_of_gone_client
from worker.body import EncodeBody
from worker.errors import Error
from worker.headers import Headers
from worker.response import Response
from worker.streams import ByteStream, FixedLengthStream

if TYPE_CHECKING:
    from worker.asgi.types import Application, Message, Scope
    from worker.context import Context
    from worker.request import Request

__all__ = ["answer"]

_SMALL: Final = 64 * 1024
_PATIENCE: Final = 16
"""Turns of the loop that the head waits for the first piece of the body."""


async def answer(application: Application, scope: Scope, req: Request, ctx: Context) -> Response:
    """Run the application until its response begins; the rest of it goes on by itself.

    Raises:
        Exception: what the application raised before its response began.
    """
    exchange = Exchange(req)
    task = asyncio.create_task(_run(application, scope, exchange))
    response = await exchange.response
    if not task.done():
        ctx.wait_until(task)
    return response


async def _run(application: Application, scope: Scope, exchange: Exchange) -> None:
    try:
        await application(scope, exchange.receive, exchange.send)
    except asyncio.CancelledError as error:
        exchange.fail(error)
        raise
    except Exception as error:  # noqa: BLE001  the handler raises it, or the log tells it
        if not exchange.fail(error) and not is_of_gone_client(error):
            asyncio.get_running_loop().call_exception_handler(
                {"message": "an application failed after its response began", "exception": error}
            )
    finally:
        exchange.finish()


class Exchange:
    """The `receive` and `send` of one request."""

    def __init__(self, req: Request) -> None:
        self._req = req
        self.response: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._request_body: ByteStream | None = None
        self._request_read = False
        self._head: tuple[int, Headers] | None = None
        self._pipe: Pipe | None = None
        self._over: asyncio.Event = asyncio.Event()

    async def receive(self) -> Message:
        """The next piece of the request's body; then, when it comes, the disconnect."""
        if self._request_read:
            await self._wait_over()
            return {"type": "http.disconnect"}
        if self._request_body is None:
            whole = await self._whole_body()
            if whole is not None:
                self._request_read = True
                return {"type": "http.request", "body": whole, "more_body": False}
        chunk = None if self._request_body is None else await self._request_body.read()
        self._request_read = chunk is None
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    async def _whole_body(self) -> bytes | None:
        """The body, when there is none or it is small; else None, and it is read in pieces."""
        if self._req.method in {"GET", "HEAD"}:
            return b""
        length = self._req.headers.get("content-length", "")
        if length.isdecimal() and int(length) <= _SMALL:
            return await self._req.bytes()
        self._request_body = self._req._content.open()
        return b"" if self._request_body is None else None

    async def _wait_over(self) -> None:
        signal = getattr(self._req.js, "signal", None) if js.IN_WORKER else None
        if signal is None or self._over.is_set():
            await self._over.wait()
            return
        if signal.aborted:  # Starlette's `is_disconnected` waits for nothing
            return
        gone = asyncio.ensure_future(calls.acall(js.runtime, "aborted", signal))
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({gone, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            over.cancel()

    async def send(self, message: Message) -> None:
        """Take one piece of the response.

        Raises:
            OSError: the client has gone away.
        """
        kind = message["type"]
        if kind == "http.response.start":
            if self._head is not None:
                raise Error("the application began its response twice")
            self._head = int(message["status"]), headers_of(message.get("headers", ()))
            self._soon(_PATIENCE)
        elif kind == "http.response.body":
            await self._send_body(bytes(message.get("body", b"")), message.get("more_body", False))
        else:
            raise Error(f"an ASGI server does not know {kind!r} here")

    async def _send_body(self, chunk: bytes, more: bool) -> None:
        if self._head is None:
            raise Error("the application sent a body before its response began")
        if not self.response.done() and not more:
            self._respond(chunk)
            return
        self._begin_stream()
        if self._pipe is not None:
            if chunk:
                await self._pipe.put(chunk)
            if not more:
                self._pipe.end()

    def _soon(self, turns: int) -> None:
        """Send the head alone when the body is slow to begin."""
        if self.response.done():
            return
        if turns:
            asyncio.get_running_loop().call_soon(self._soon, turns - 1)
        else:
            self._begin_stream()

    def _begin_stream(self) -> None:
        if self.response.done() or self._head is None:
            return
        if self._head[0] in NULL_BODY or self._req.method == "HEAD":
            self._respond(None)
            return
        self._pipe = Pipe(self._over.set)
        self._respond(self._pipe.chunks())

    def _respond(self, body: bytes | AsyncGenerator[bytes] | None) -> None:
        status, headers = self._head or (500, Headers())
        if status in NULL_BODY or (self._req.method == "HEAD" and isinstance(body, bytes)):
            body = None
        length = headers.get("content-length", "")
        if isinstance(body, AsyncGenerator) and length.isdecimal():
            body_source: Any = FixedLengthStream(body, int(length))
        else:
            body_source = body
        # An application that names an encoding has applied it: the platform must not do it again.
        encoding = EncodeBody.MANUAL if "content-encoding" in headers else None
        response = Response(body_source, status=status, encode_body=encoding)
        response._headers = headers
        self.response.set_result(response)

    def fail(self, error: BaseException) -> bool:
        """The application raised. Whether the handler can still say so."""
        if not self.response.done():
            if isinstance(error, asyncio.CancelledError):
                self.response.cancel()
            else:
                self.response.set_exception(error)
            return True
        if self._pipe is not None:
            self._pipe.end(error)
        return False

    def finish(self) -> None:
        """The application has returned."""
        self._over.set()
        if not self.response.done():
            self.response.set_exception(Error("the application returned without a response"))
        if self._pipe is not None:
            self._pipe.end(Error("the application returned in the middle of its response"))


class Pipe:
    """From `send` to the response's stream: a chunk is taken when the client has room for it."""

    def __init__(self, on_close: Callable[[], None]) -> None:
        self._on_close = on_close
        self._chunk: bytes | None = None
        self._ended = False
        self._closed = False
        self._error: BaseException | None = None
        self._changed = asyncio.Event()

    async def put(self, chunk: bytes) -> None:
        """Give one chunk; returns when it has been taken.

        Raises:
            OSError: nobody reads any more.
        """
        while self._chunk is not None and not self._closed:
            await self._turn()
        if not self._closed:
            self._chunk = chunk
            self._changed.set()
        while self._chunk is not None and not self._closed:
            await self._turn()
        if self._closed:
            raise ClientGoneError("the client has gone away")

    async def _turn(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def end(self, error: BaseException | None = None) -> None:
        """No more chunks come. Only the first call counts."""
        if not self._ended:
            self._ended, self._error = True, error
            self._changed.set()

    async def chunks(self) -> AsyncGenerator[bytes]:
        """What the client gets."""
        try:
            while True:
                if self._chunk is not None:
                    chunk, self._chunk = self._chunk, None
                    self._changed.set()
                    yield chunk
                elif self._ended:
                    if self._error is not None:
                        raise self._error
                    return
                else:
                    await self._turn()
        finally:
            self._closed = True
            self._changed.set()
            self._on_close()
