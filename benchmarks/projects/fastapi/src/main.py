"""Hello world as a FastAPI application."""

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from worker import asgi, event

api = FastAPI()


@api.get("/", response_class=PlainTextResponse)
async def hello() -> str:
    """Answer."""
    return "Hello, world!"


fetch = event.fetch(asgi.app(api))
