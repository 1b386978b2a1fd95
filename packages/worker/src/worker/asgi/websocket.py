"""One WebSocket through an application."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from worker_sys import aio

from worker._header_bytes import headers_of
from worker.asgi.disconnect import ClientGoneError, is_of_gone_client
from worker.errors import Error, WebSocketError
from worker.response import Response
from worker.websocket import MessageEvent, WebSocket, WebSocketPair

if TYPE_CHECKING:
    from worker.asgi.types import Application, Message, Scope
    from worker.headers import Headers

__all__ = ["answer"]

_NO_STATUS: Final = 1005
_BROKEN: Final = 1006


async def answer(application: Application, scope: Scope) -> Response:
    """Run the application until it accepts or refuses; an accepted socket goes on by itself.

    Raises:
        Exception: what the application raised before it accepted.
    """
    exchange = Exchange()
    event = aio.current_event()
    release: Callable[[], None] | None = None if event is None else event.keep()

    async def run() -> None:
        try:
            await application(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError as error:
            exchange.fail(error)
            raise
        except Exception as error:  # noqa: BLE001  the handler raises it, or the log tells it
            if not exchange.fail(error) and not is_of_gone_client(error):
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "a WebSocket application failed", "exception": error}
                )
        finally:
            exchange.finish()
            if release is not None:
                release()

    exchange.task = asyncio.create_task(run())
    return await exchange.response


class Exchange:
    """The `receive` and `send` of one WebSocket."""

    def __init__(self) -> None:
        self.response: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None] | None = None
        self._asked = False
        self._socket: WebSocket | None = None
        self._closing: tuple[int, str] | None = None
        self._denial: tuple[int, Headers] | None = None
        self._denial_body = bytearray()

    async def receive(self) -> Message:
        """`websocket.connect`, then each message, then `websocket.disconnect`."""
        if not self._asked:
            self._asked = True
            return {"type": "websocket.connect"}
        socket = self._socket
        if socket is None or self._closing is not None:
            code, reason = self._closing or (_BROKEN, "")
            return {"type": "websocket.disconnect", "code": code, "reason": reason}
        try:
            event = await socket._next()
        except WebSocketError as error:
            return {"type": "websocket.disconnect", "code": _BROKEN, "reason": str(error)}
        if isinstance(event, MessageEvent):
            field = "text" if isinstance(event.data, str) else "bytes"
            return {"type": "websocket.receive", field: event.data}
        closed = socket.closed
        code, reason = (_NO_STATUS, "") if closed is None else (closed.code, closed.reason)
        return {"type": "websocket.disconnect", "code": code, "reason": reason}

    async def send(self, message: Message) -> None:
        """Accept, refuse, send or close.

        Raises:
            OSError: the client has gone away.
        """
        kind = message["type"]
        if kind == "websocket.accept":
            self._accept(message)
        elif kind == "websocket.send":
            self._send(message)
        elif kind == "websocket.close":
            self._close(int(message.get("code") or 1000), message.get("reason") or "")
        elif kind == "websocket.http.response.start":
            self._denial = int(message["status"]), headers_of(message.get("headers", ()))
        elif kind == "websocket.http.response.body":
            self._deny(bytes(message.get("body", b"")), message.get("more_body", False))
        else:
            raise Error(f"an ASGI server does not know {kind!r} here")

    def _accept(self, message: Message) -> None:
        if self.response.done():
            raise Error("the application has answered the handshake already")
        pair = WebSocketPair()
        pair.server.accept()
        self._socket = pair.server
        response = Response.from_websocket(pair.client)
        response._headers = headers_of(message.get("headers", ()))
        subprotocol = message.get("subprotocol")
        if subprotocol:
            response.headers["sec-websocket-protocol"] = subprotocol
        self.response.set_result(response)

    def _send(self, message: Message) -> None:
        if self._socket is None:
            raise Error("the application sent a message before it accepted")
        if self._closing is not None:
            raise Error("the application sent a message after it closed")
        if self._socket.closed is not None:
            raise ClientGoneError("the WebSocket is closed")
        data = message.get("bytes")
        self._socket.send(message["text"] if data is None else data)

    def _close(self, code: int, reason: str) -> None:
        if self._closing is not None:
            return
        self._closing = (code, reason)
        if self._socket is not None:
            if self._socket.closed is None:
                self._socket.close(code, reason)
        elif not self.response.done():
            self.response.set_result(Response.empty(status=403))

    def _deny(self, chunk: bytes, more: bool) -> None:
        if self._denial is None:
            raise Error("the application sent a body before its response began")
        self._denial_body += chunk
        if not more and not self.response.done():
            status, headers = self._denial
            self._closing = (_BROKEN, "")
            response = Response(bytes(self._denial_body), status=status)
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
        self._close(1011, "")
        return False

    def finish(self) -> None:
        """The application has returned."""
        if not self.response.done():
            self.response.set_exception(Error("the application returned without an answer"))
        elif self._socket is not None and self._socket.closed is None:
            self._close(1000, "")
