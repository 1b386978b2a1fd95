"""The server of the echo container, on port 8080."""

from aiohttp import WSMsgType, web


async def ping(_: web.Request) -> web.Response:
    """Ready."""
    return web.Response()


async def echo(request: web.Request) -> web.Response:
    """The body, as it came."""
    return web.Response(body=await request.read(), content_type=request.content_type)


async def socket(request: web.Request) -> web.WebSocketResponse:
    """Every message, as it came."""
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    async for message in ws:
        if message.type is WSMsgType.TEXT:
            await ws.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    return ws


app = web.Application()
app.add_routes([web.get("/ping", ping), web.post("/echo", echo), web.get("/ws", socket)])

if __name__ == "__main__":
    web.run_app(app, host="0.0.0.0", port=8080)  # noqa: S104  a container is reached through its port
