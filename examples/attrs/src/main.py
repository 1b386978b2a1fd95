"""Requests checked with attrs."""

from __future__ import annotations

from typing import Any

import attrs
from attrs import validators
from worker import Context, Env, Request, Response, event


@attrs.frozen(kw_only=True)
class Size:
    """Of a parcel, in centimetres."""

    width: int = attrs.field(converter=int, validator=validators.gt(0))
    height: int = attrs.field(converter=int, validator=validators.gt(0))


def _to_size(value: Size | dict[str, Any]) -> Size:
    return value if isinstance(value, Size) else Size(**value)


@attrs.define(kw_only=True)
class Parcel:
    """What is sent."""

    to: str = attrs.field(validator=[validators.instance_of(str), validators.min_len(1)])
    size: Size = attrs.field(converter=_to_size)
    service: str = attrs.field(default="slow", validator=validators.in_(("slow", "fast")))
    price: int = attrs.field(init=False)

    @price.default  # pyright: ignore[reportAttributeAccessIssue, reportUntypedFunctionDecorator]
    def _price(self) -> int:
        return self.size.width * self.size.height * (3 if self.service == "fast" else 1)


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """A parcel as JSON; back comes the parcel with its price."""
    if req.method != "POST":
        return Response.error("POST a parcel", 405)
    try:
        parcel = Parcel(**await req.json())
    except (TypeError, ValueError) as error:
        return Response.error(str(error.args[0]), 422)
    return Response.from_json(attrs.asdict(parcel))
