"""A Starlette application as a worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket
from worker import asgi, event, run_sync


@asynccontextmanager
async def lifespan(_site: Starlette) -> AsyncIterator[dict[str, Any]]:
    """Runs once for each isolate; what it yields is `request.state`."""
    yield {"greeting": "hello"}


async def greet(request: Request) -> Response:
    """What the lifespan left."""
    return JSONResponse({"greeting": request.state.greeting})


class Letters(HTTPEndpoint):
    """Letters in KV: a class with a method for each HTTP method."""

    async def get(self, request: Request) -> Response:
        """A letter that was kept."""
        text = await request.scope["env"].kv("LETTERS").get(request.path_params["name"])
        if text is None:
            raise HTTPException(404, "no such letter")
        return PlainTextResponse(text)

    async def post(self, request: Request) -> Response:
        """Answer at once, and keep the form's file after that."""
        async with request.form() as form:
            file = form["file"]
            if not isinstance(file, UploadFile):
                raise HTTPException(422, "`file` must be a file")
            text = (await file.read()).decode()
        letters = request.scope["env"].kv("LETTERS")
        task = BackgroundTask(letters.put, request.path_params["name"], text)
        return JSONResponse({"length": len(text)}, status_code=202, background=task)


async def count(_request: Request) -> Response:
    """A stream, sent as it is made."""

    async def numbers() -> AsyncIterator[str]:
        for number in range(10):
            yield f"{number}\n"
            await asyncio.sleep(0.05)

    return StreamingResponse(numbers(), media_type="text/plain")


def blocking(_request: Request) -> Response:
    """A plain function that waits."""
    run_sync(asyncio.sleep(0.05))
    return PlainTextResponse("done")


def alphabet(_request: Request) -> Response:
    """Long enough for the middleware to compress it."""
    return PlainTextResponse("abcdefghijklmnopqrstuvwxyz" * 100)


class Echo(WebSocketEndpoint):
    """Everything back."""

    encoding = "text"

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        """One message."""
        await websocket.send_text(data)


async def not_found(_request: Request, error: Exception) -> Response:
    """Errors as JSON."""
    return JSONResponse({"error": str(getattr(error, "detail", error))}, status_code=404)


site = Starlette(
    routes=[
        Route("/", greet),
        Mount("/letters", routes=[Route("/{name}", Letters)]),
        Route("/count", count),
        Route("/blocking", blocking),
        Route("/alphabet", alphabet),
        WebSocketRoute("/echo", Echo),
    ],
    middleware=[
        Middleware(CORSMiddleware, allow_origins=["https://example.com"]),
        Middleware(GZipMiddleware, minimum_size=1000),
    ],
    exception_handlers={404: not_found},
    lifespan=lifespan,
)

fetch = event.fetch(asgi.app(site))
