"""JSON and MessagePack with msgspec."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from worker import Context, Env, Request, Response, event


class Point(Struct, frozen=True):
    """A place."""

    x: float
    y: float


class Track(Struct, forbid_unknown_fields=True):
    """A way from place to place."""

    name: Annotated[str, Meta(min_length=1)]
    points: list[Point]


class Length(Struct):
    """What comes back."""

    name: str
    length: float


MSGPACK = "application/msgpack"
# Made once, at build time.
JSON_TRACK = msgspec.json.Decoder(Track)
MSGPACK_TRACK = msgspec.msgpack.Decoder(Track)


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """How long a track is; the answer speaks what the client accepts."""
    packed = req.headers.get("content-type") == MSGPACK
    decoder = MSGPACK_TRACK if packed else JSON_TRACK
    try:
        track = decoder.decode(await req.bytes())
    except msgspec.DecodeError as error:
        return Response.error(str(error), 422)
    steps = zip(track.points, track.points[1:], strict=False)
    length = sum(((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5 for a, b in steps)
    answer = Length(track.name, length)
    if req.headers.get("accept") == MSGPACK:
        return Response(msgspec.msgpack.encode(answer), headers={"content-type": MSGPACK})
    return Response(msgspec.json.encode(answer), headers={"content-type": "application/json"})
