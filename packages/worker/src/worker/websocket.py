"""WebSockets: both ends of a pair, and connections to other servers.

    pair = WebSocketPair()
    ctx.wait_until(echo(pair.server))
    return Response.from_websocket(pair.client)

    async def echo(ws: WebSocket) -> None:
        ws.accept()
        async for message in ws:
            ws.send(message)

Source: workers-rs `WebSocket`, `WebSocketPair`, `WebsocketEvent`;
https://developers.cloudflare.com/workers/runtime-apis/websockets/
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, final, overload

from worker_sys import aio, calls, convert, js, proxies

from worker._handle import Handle
from worker._hints import BYTES, require
from worker._jsontext import from_json, to_json
from worker.errors import JsError, WebSocketError

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from worker.headers import HeadersLike

__all__ = [
    "CloseEvent",
    "MessageEvent",
    "ReadyState",
    "WebSocket",
    "WebSocketEvent",
    "WebSocketPair",
]

T = TypeVar("T")

type _Bytes = bytes  # inside the classes, `bytes` is a method


class ReadyState(IntEnum):
    """How far a connection is."""

    CONNECTING = 0
    OPEN = 1
    CLOSING = 2
    CLOSED = 3


@final
@dataclass(frozen=True, slots=True)
class MessageEvent:
    """A message that came.

    Attributes:
        data: `str` for a text frame, `bytes` for a binary one.

    Source: workers-rs `MessageEvent`.
    """

    data: str | _Bytes

    def text(self) -> str | None:
        """The text; None when the message is binary."""
        return self.data if isinstance(self.data, str) else None

    def bytes(self) -> _Bytes | None:
        """The bytes; None when the message is text."""
        return self.data if isinstance(self.data, bytes) else None

    @overload
    def json(self, /) -> Any: ...
    @overload
    def json(self, type: TypeForm[T], /) -> T: ...
    def json(self, type: Any = None, /) -> Any:
        """The text, parsed as JSON.

        Raises:
            WebSocketError: the message is binary.
            JsonError: the text is not JSON.
            DecodeError: it is JSON of another type.
        """
        if not isinstance(self.data, str):
            raise WebSocketError("data of message event is not text")
        return from_json(self.data, type)


@final
@dataclass(frozen=True, slots=True)
class CloseEvent:
    """The end of a connection.

    Attributes:
        code: 1000 for an ordinary end, 1005 when the peer gave none, 1006 when it broke.
        reason: what the peer said; empty when it said nothing.
        was_clean: whether both ends agreed to close.

    Source: workers-rs `CloseEvent`.
    """

    code: int
    reason: str
    was_clean: bool


type WebSocketEvent = MessageEvent | CloseEvent


@final
class WebSocketPair:
    """Two connected ends: `client` for the response, `server` for the worker.

    Source: workers-rs `WebSocketPair`.
    """

    __slots__ = ("client", "server")

    def __init__(self) -> None:
        pair = calls.call(js.runtime, "websocketPair")
        self.client: WebSocket = WebSocket._from_js(pair[0])
        self.server: WebSocket = WebSocket._from_js(pair[1])


@final
class WebSocket(Handle):
    """One end of a connection. Iterate over it for the messages, until the other end closes.

    The event in which it is accepted lasts until it is closed.

    Attributes:
        closed: how the connection ended, None while it has not been seen to end.

    Source: workers-rs `WebSocket`.
    """

    __slots__ = ("_closing", "_inbox", "_protocol", "closed")

    closed: CloseEvent | None

    @classmethod
    def _from_js(cls, js: Any) -> WebSocket:
        websocket = super()._from_js(js)
        websocket._inbox = websocket._protocol = None
        websocket.closed = None
        websocket._closing = False
        return websocket

    @classmethod
    async def connect(
        cls,
        url: str,
        protocols: Sequence[str] | None = None,
        *,
        headers: HeadersLike | None = None,
    ) -> WebSocket:
        """Connect to a server, and accept the connection.

        Args:
            url: `ws:`, `wss:`, `http:` or `https:`.
            protocols: the subprotocols to offer, the best first; `protocol` is the one chosen.
            headers: more headers for the upgrade request.

        Raises:
            WebSocketError: the server did not accept the upgrade.
            FetchError: no answer came.

        Source: workers-rs `WebSocket::connect`, `WebSocket::connect_with_protocols`.
        """
        from worker.fetch import fetch
        from worker.headers import Headers

        scheme, mark, rest = url.partition("://")
        scheme = {"ws": "http", "wss": "https"}.get(scheme.lower(), scheme)
        sent = Headers(headers)
        sent["upgrade"] = "websocket"
        if protocols:
            sent["sec-websocket-protocol"] = ", ".join(protocols)
        response = await fetch(scheme + mark + rest, headers=sent)
        websocket = response.websocket
        if websocket is None:
            raise WebSocketError("server did not accept")
        websocket._protocol = response.headers.get("sec-websocket-protocol")
        websocket.accept()
        return websocket

    def accept(self, *, allow_half_open: bool | None = None) -> None:
        """Begin to receive, in this worker. A second call does nothing.

        Args:
            allow_half_open: keep sending after the other end has closed; without it a close is
                answered at once.
        """
        if self._inbox is not None:
            return
        self._inbox = calls.call(js.runtime, "listen", self.js, bool(allow_half_open))
        event = aio.current_event()
        if event is not None:
            release = event.keep()
            calls.call(self._inbox, "whenClosed", proxies.one_shot(release))
        calls.call(self.js, "accept", convert.options(allowHalfOpen=allow_half_open))

    def send(self, message: str | bytes | bytearray | memoryview) -> None:
        """Send a text frame for `str`, a binary one for bytes.

        Raises:
            WebSocketError: the connection is closed, or was not accepted.
            TypeError: the message is neither: see `send_json`.
        """
        hint = "For JSON there is send_json(value)."
        require((str, *BYTES), message, "a message is text or bytes", hint=hint)
        self._do("send", message)

    def _do(self, method: str, *given: Any) -> None:
        try:
            calls.call(self.js, method, *given)
        except JsError as error:
            raise WebSocketError(error.message) from error

    def send_json(self, value: Any) -> None:
        """Send a value as JSON text.

        Source: workers-rs `WebSocket::send`.
        """
        self.send(to_json(value))

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close the connection.

        Args:
            code: 1000, or 3000 to 4999; none is sent when not given.
            reason: at most 123 bytes; not sent without a code.

        Raises:
            WebSocketError: the code or the reason may not be sent.
        """
        given = () if code is None else (code,) if reason is None else (code, reason)
        self._do("close", *given)
        self._closing = True

    async def receive(self) -> str | bytes:
        """The next message.

        Raises:
            WebSocketError: the connection is closed; `closed` says how.
        """
        event = await self._next()
        if not isinstance(event, MessageEvent):
            raise WebSocketError("the connection is closed")
        return event.data

    async def _next(self) -> WebSocketEvent | None:
        if self.closed is not None:
            return None
        if self._inbox is None:
            raise WebSocketError("accept() the WebSocket before reading from it")
        found = await calls.acall(self._inbox, "next")
        kind = found[0]
        if kind == "message":
            return MessageEvent(convert.to_py(found[1]))
        if kind == "error":
            self.closed = CloseEvent(1006, found[1], was_clean=False)
            if self._closing:  # we were leaving: how the peer took it is no failure
                return self.closed
            raise WebSocketError(found[1])
        self.closed = CloseEvent(int(found[1]), found[2], bool(found[3]))
        return self.closed

    async def events(self) -> AsyncIterator[WebSocketEvent]:
        """Every message, and at last the close.

        Raises:
            WebSocketError: the connection broke.
        """
        while (event := await self._next()) is not None:
            yield event

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        async for event in self.events():
            if isinstance(event, MessageEvent):
                yield event.data

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.closed is None and self.ready_state < ReadyState.CLOSING:
            self.close(1000 if error is None else 1011)

    @property
    def ready_state(self) -> ReadyState:
        """How far the connection is."""
        return ReadyState(int(self.js.readyState))

    @property
    def url(self) -> str | None:
        """What it is connected to, on a client."""
        return convert.to_py(self.js.url) or None

    @property
    def protocol(self) -> str:
        """The subprotocol that both ends agreed on; empty for none."""
        return self._protocol or convert.to_py(self.js.protocol) or ""

    @property
    def extensions(self) -> str:
        """The extensions that both ends agreed on; empty for none."""
        return convert.to_py(self.js.extensions) or ""

    def serialize_attachment(self, value: Any) -> None:
        """Keep a value (2048 bytes at most) with the socket while its Durable Object hibernates."""
        calls.call(self.js, "serializeAttachment", value)

    @overload
    def deserialize_attachment(self, /) -> Any: ...
    @overload
    def deserialize_attachment(self, type: TypeForm[T], /) -> T | None: ...
    def deserialize_attachment(self, type: Any = None, /) -> Any:
        """The value that was kept; None when there is none."""
        value = convert.to_py(calls.call(self.js, "deserializeAttachment"))
        return value if type is None or value is None else convert.decode(value, type)
