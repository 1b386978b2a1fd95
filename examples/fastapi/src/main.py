"""A FastAPI application as a worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import (
    BackgroundTasks,
    Depends,
    FastAPI,
    HTTPException,
    Request,
    UploadFile,
    WebSocket,
    WebSocketDisconnect,
)
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from worker import asgi, event, run_sync
from worker.kv import KvStore


class Note(BaseModel):
    """What a client may keep."""

    text: str
    stars: int = 0


@asynccontextmanager
async def lifespan(_api: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Runs once for each isolate; what it yields is `request.state`."""
    yield {"greeting": "hello"}


api = FastAPI(title="Notes", lifespan=lifespan)


def notes(request: Request) -> KvStore:
    """The worker's own binding, as a dependency."""
    return request.scope["env"].kv("NOTES")


Notes = Annotated[KvStore, Depends(notes)]


@api.get("/")
async def greet(request: Request) -> dict[str, str]:
    """What the lifespan left."""
    return {"greeting": request.state.greeting}


@api.put("/notes/{name}")
async def keep(name: str, note: Note, store: Notes) -> Note:
    """Keep a note; a body of another shape is a 422."""
    await store.put(name, note)
    return note


@api.get("/notes/{name}")
async def read(name: str, store: Notes) -> Note:
    """A note that was kept."""
    note = await store.get(name, Note)
    if note is None:
        raise HTTPException(404, f"no note {name}")
    return note


@api.post("/upload/{name}", status_code=202)
async def upload(
    name: str, file: UploadFile, store: Notes, background: BackgroundTasks
) -> dict[str, Any]:
    """Answer at once, and keep the file's text as a note after that."""
    content = await file.read()
    background.add_task(store.put, name, Note(text=content.decode()))
    return {"name": file.filename, "type": file.content_type, "size": len(content)}


@api.get("/count")
async def count() -> StreamingResponse:
    """A stream, sent as it is made."""

    async def numbers() -> AsyncIterator[str]:
        for number in range(10):
            yield f"{number}\n"
            await asyncio.sleep(0.1)

    return StreamingResponse(numbers(), media_type="text/plain")


@api.get("/blocking")
def blocking() -> str:
    """A plain function that waits."""
    run_sync(asyncio.sleep(0.1))
    return "done"


@api.websocket("/echo")
async def echo(socket: WebSocket) -> None:
    """Everything back."""
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        pass


fetch = event.fetch(asgi.app(api))
