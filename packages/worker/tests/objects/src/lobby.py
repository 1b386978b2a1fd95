"""A Durable Object that sleeps while its WebSockets stay open."""

from datetime import timedelta

from worker import Request, Response, WebSocket, WebSocketPair, durable_object
from worker.durable import DurableObject, WebSocketRequestResponsePair


@durable_object
class Lobby(DurableObject):
    async def setup(self) -> None:
        self.heard = 0
        pair = WebSocketRequestResponsePair("ping", "pong")
        self.state.set_websocket_auto_response(pair)

    async def fetch(self, req: Request) -> Response:
        pair = WebSocketPair()
        name = req.path.rpartition("/")[2]
        self.state.accept_websocket(pair.server, tags=["all", name])
        pair.server.serialize_attachment({"name": name, "messages": 0})
        return Response.from_websocket(pair.client)

    async def websocket_message(self, ws: WebSocket, message: str | bytes) -> None:
        self.heard += 1
        known = ws.deserialize_attachment()
        known["messages"] += 1
        ws.serialize_attachment(known)
        everyone = len(self.state.get_websockets("all"))
        ws.send(f"{known['name']} {known['messages']} {self.heard} {everyone} {message!r}")

    async def websocket_close(self, ws: WebSocket, code: int, reason: str, was_clean: bool) -> None:
        await self.state.storage.put("closed", [code, reason, was_clean])

    async def closed(self) -> list[object] | None:
        return await self.state.storage.get("closed")

    async def sockets(self) -> list[list[str]]:
        return [sorted(self.state.get_tags(ws)) for ws in self.state.get_websockets()]

    async def answered(self) -> list[object]:
        pair = self.state.get_websocket_auto_response()
        assert pair is not None
        stamps = map(self.state.get_websocket_auto_response_timestamp, self.state.get_websockets())
        return [pair.request, pair.response, [stamp is not None for stamp in stamps]]

    async def timeouts(self) -> list[object]:
        self.state.set_websocket_event_timeout(timedelta(seconds=5))
        first = self.state.get_websocket_event_timeout()
        self.state.set_websocket_event_timeout(None)
        return [first == timedelta(seconds=5), self.state.get_websocket_event_timeout()]
