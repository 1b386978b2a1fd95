"""A chat room: WebSockets that sleep, a history in SQL, and an alarm that tidies up."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from worker import (
    Context,
    DurableObject,
    Env,
    Request,
    Response,
    RouteContext,
    Router,
    WebSocket,
    WebSocketPair,
    durable_object,
    event,
)

PAGE = Path(__file__).with_name("page.html").read_text("utf-8")
HISTORY = 50
EMPTY_FOR = timedelta(hours=1)


@durable_object
class Room(DurableObject):
    """Everybody in one room."""

    async def setup(self) -> None:
        """Runs before the first event, also after each sleep."""
        self.sql = self.state.storage.sql
        self.sql.exec("CREATE TABLE IF NOT EXISTS message (at TEXT, name TEXT, text TEXT)")

    async def fetch(self, req: Request) -> Response:
        """Let a guest in; the last segment of the path is the name."""
        if req.headers.get("upgrade") != "websocket":
            return Response.error("This room speaks WebSocket.", 426)
        pair = WebSocketPair()
        self.state.accept_websocket(pair.server)
        pair.server.serialize_attachment(req.path.rpartition("/")[2])
        await self.state.storage.delete_alarm()
        for message in self._history():
            pair.server.send(json.dumps(message))
        return Response.from_websocket(pair.client)

    def _history(self) -> list[dict[str, object]]:
        """The latest messages, oldest first."""
        query = "SELECT * FROM message ORDER BY rowid DESC LIMIT ?"
        return [dict(row) for row in self.sql.exec(query, HISTORY)][::-1]

    async def websocket_message(self, ws: WebSocket, message: str | bytes) -> None:
        """Keep what was said, and tell everybody."""
        if isinstance(message, bytes):
            ws.close(1003, "text only")
            return
        said = {
            "at": datetime.now(UTC).isoformat(),
            "name": ws.deserialize_attachment(str),
            "text": message,
        }
        self.sql.exec("INSERT INTO message VALUES (?, ?, ?)", *said.values())
        for guest in self.state.get_websockets():
            guest.send(json.dumps(said))

    async def websocket_close(self, ws: WebSocket, code: int, reason: str, was_clean: bool) -> None:
        """When the last guest has left, plan to tidy up."""
        if all(guest.js == ws.js for guest in self.state.get_websockets()):
            await self.state.storage.set_alarm(EMPTY_FOR)

    async def alarm(self) -> None:
        """Forget what was said in a room that has stayed empty."""
        if not self.state.get_websockets():
            await self.state.storage.delete_all()

    async def count(self) -> int:
        """How many guests there are: an RPC method."""
        return len(self.state.get_websockets())


router = Router()


@router.get("/rooms/{room}")
async def guests(req: Request, ctx: RouteContext) -> Response:
    """How many are in a room."""
    room = ctx.env.durable_object("ROOM", Room).get_by_name(ctx.param("room"))
    return Response.from_json({"guests": await room.count()})


@router.get("/rooms/{room}/{name}")
async def join(req: Request, ctx: RouteContext) -> Response:
    """Enter a room, over a WebSocket."""
    return await ctx.env.durable_object("ROOM", Room).get_by_name(ctx.param("room")).fetch(req)


@router.get("/")
@router.get("/{room}")
async def page(req: Request, ctx: RouteContext) -> Response:
    """The page, the same for each room."""
    return Response.from_html(PAGE)


@event.fetch
async def main(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    return await router.run(req, env, ctx)
