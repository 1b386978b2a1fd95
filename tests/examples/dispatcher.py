"""One worker of several examples: the header `x-example` says which of them answers."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import cbor2
import jiter
import msgspec
import pydantic
from worker import Context, Env, Request, Response, event
from worker_macros import registry

NAMES = (
    "attrs",
    "beautifulsoup",
    "fastapi",
    "flask",
    "httpx",
    "jinja2",
    "msgspec",
    "pyjwt",
    "starlette",
)


def load(name: str) -> Any:
    """An example's handler, which is not this worker's."""
    handler = import_module(f"{name}_example").fetch
    registry.clear()
    return handler


HANDLERS = {name: load(name) for name in NAMES}


class Point(pydantic.BaseModel):
    """What goes through the extensions."""

    x: int
    y: list[float]


FROZEN = cbor2.loads(cbor2.dumps({"made": "at build time"}))


def natives() -> dict[str, Any]:
    """Extension modules side by side, each doing its work."""
    point = Point(x=1, y=[2.5])
    packed = cbor2.dumps(point.model_dump())
    text = msgspec.json.encode(cbor2.loads(packed))
    again = Point.model_validate(jiter.from_json(text))
    try:
        Point.model_validate({"x": "one", "y": []})
    except pydantic.ValidationError as error:
        wrong = error.errors()[0]["type"]
    else:
        wrong = "nothing"
    return {"same": again == point, "wrong": wrong, "frozen": FROZEN, "json": json.loads(text)}


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Hand on."""
    name = req.headers.get("x-example", "")
    if name == "natives":
        return Response.from_json(natives())
    return await HANDLERS[name](req, env, ctx)
