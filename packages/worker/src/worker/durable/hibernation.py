"""WebSockets that stay open while the object sleeps.

Source: workers-rs `State::accept_web_socket` and its neighbours;
https://developers.cloudflare.com/durable-objects/best-practices/websockets/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import final

from worker_sys import calls, convert, js

from worker._handle import Handle
from worker.durable.alarms import span
from worker.websocket import WebSocket

__all__ = ["Hibernation", "WebSocketRequestResponsePair"]


@final
@dataclass(frozen=True, slots=True)
class WebSocketRequestResponsePair:
    """A message that the platform answers by itself, without waking the object.

    Attributes:
        request: the exact text to answer, at most 2048 characters.
        response: the answer, at most 2048 characters.

    Source: workers-rs `WebSocketRequestResponsePair`
    """

    request: str
    response: str


class Hibernation(Handle):
    """The sockets of one object: part of `State`.

    A socket accepted here wakes `websocket_message`, `websocket_close` and `websocket_error`. What
    must survive sleep belongs into the socket's attachment (`ws.serialize_attachment`) or into the
    storage: the Python object itself is made anew.
    """

    __slots__ = ()

    def accept_websocket(self, ws: WebSocket, *, tags: Iterable[str] | None = None) -> None:
        """Accept the server end of a pair, in place of `ws.accept()`.

        Args:
            ws: at most 32,768 for each object.
            tags: at most 10, each at most 256 characters, to find it again.

        Source: workers-rs `State::{accept_web_socket, accept_websocket_with_tags}`
        """
        more = () if tags is None else ([*tags],)
        calls.call(self.js, "acceptWebSocket", ws.js, *more)

    def get_websockets(self, tag: str | None = None) -> list[WebSocket]:
        """The sockets that are connected: all, or those accepted with `tag`.

        Source: workers-rs `State::{get_websockets, get_websockets_with_tag}`
        """
        more = () if tag is None else (tag,)
        return [WebSocket._from_js(ws) for ws in calls.call(self.js, "getWebSockets", *more)]

    def get_tags(self, ws: WebSocket) -> list[str]:
        """The tags that `ws` was accepted with.

        Raises:
            JsError: it was not accepted by this object.

        Source: workers-rs `State::get_tags`
        """
        return convert.to_py(calls.call(self.js, "getTags", ws.js))

    def set_websocket_auto_response(self, pair: WebSocketRequestResponsePair | None) -> None:
        """Have the platform answer one message by itself; None ends that.

        Raises:
            JsError: a text is longer than 2048 characters.

        Source: workers-rs `State::set_websocket_auto_response`
        """
        if pair is None:
            calls.call(self.js, "setWebSocketAutoResponse")
        else:
            made = js.WebSocketRequestResponsePair.new(pair.request, pair.response)
            calls.call(self.js, "setWebSocketAutoResponse", made)

    def get_websocket_auto_response(self) -> WebSocketRequestResponsePair | None:
        """What the platform answers by itself, or None.

        Source: workers-rs `State::get_websocket_auto_response`
        """
        pair = calls.call(self.js, "getWebSocketAutoResponse")
        if convert.to_py(pair) is None:
            return None
        return WebSocketRequestResponsePair(pair.request, pair.response)

    def get_websocket_auto_response_timestamp(self, ws: WebSocket) -> datetime | None:
        """When `ws` last got an automatic answer (UTC), or None.

        Source: https://developers.cloudflare.com/durable-objects/api/state/#getwebsocketautoresponsetimestamp
        """
        return convert.to_py(calls.call(self.js, "getWebSocketAutoResponseTimestamp", ws.js))

    def set_websocket_event_timeout(self, timeout: timedelta | None) -> None:
        """How long a WebSocket handler may run; None for no limit but the platform's.

        Args:
            timeout: at most 7 days.

        Source: https://developers.cloudflare.com/durable-objects/api/state/#sethibernatablewebsocketeventtimeout
        """
        more = () if timeout is None else (span(timeout),)
        calls.call(self.js, "setHibernatableWebSocketEventTimeout", *more)

    def get_websocket_event_timeout(self) -> timedelta | None:
        """How long a WebSocket handler may run, or None.

        Source: https://developers.cloudflare.com/durable-objects/api/state/#gethibernatablewebsocketeventtimeout
        """
        limit = convert.to_py(calls.call(self.js, "getHibernatableWebSocketEventTimeout"))
        return None if limit is None else timedelta(milliseconds=limit)
