"""Hyperdrive: where to reach a database of one's own."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/hyperdrive", values)
    router.post("/hyperdrive", exchange)


async def values(req: Request, ctx: RouteContext[Any]) -> Response:
    """What a driver needs to connect, but for the password."""
    database = ctx.hyperdrive("HYPERDRIVE")
    assert database.password in database.connection_string
    return Response.from_json(
        {"user": database.user, "port": database.port, "database": database.database}
    )


async def exchange(req: Request, ctx: RouteContext[Any]) -> Response:
    """What the database answers to a message of one's own, up to the end of a line."""
    connection = ctx.hyperdrive("HYPERDRIVE").connect()
    connection.writer.write(await req.bytes())
    await connection.writer.drain()
    answer = await connection.reader.readline()
    await connection.close()
    return Response.from_bytes(answer)
