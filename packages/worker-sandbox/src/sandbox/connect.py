"""Inbound TCP: a connection from a client is served, for as long as the handler runs.

The platform has it behind the compatibility flag `experimental`, which a local runtime takes.
"""

from __future__ import annotations

import asyncio
from typing import Any

from worker import (
    Context,
    Env,
    Request,
    Response,
    RouteContext,
    Router,
    Socket,
    WorkerEntrypoint,
    event,
)


@event.connect
async def serve(socket: Socket, env: Env, ctx: Context) -> None:
    """What a socket of the runtime hands to this worker."""
    await capitals(socket)


class Shouter(WorkerEntrypoint):
    """What a service binding with this entry point connects to."""

    async def connect(self, socket: Socket) -> None:
        """The same."""
        await capitals(socket)


async def capitals(socket: Socket) -> None:
    """Answer each line in capitals, until the client has no more."""
    async for line in socket.reader:
        socket.writer.write(line.upper())
        await socket.writer.drain()
    await socket.writer.write_eof()


async def talk(req: Request, ctx: RouteContext[Any]) -> Response:
    """Connect to another worker, or to an entry point of this one."""
    socket = ctx.service("SHOUTER").connect("shouter:1")
    socket.writer.write(await req.bytes())
    came, _ = await asyncio.gather(socket.reader.read(), socket.writer.write_eof())
    return Response.from_bytes(came)


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.post("/connect", talk)
