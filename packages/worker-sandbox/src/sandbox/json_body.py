"""JSON in and out, as the type that is expected."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from worker import Request, Response, RouteContext, Router

from sandbox.contract import json_problem, repeated_field


class ApiData(BaseModel):
    """A record: fields that are not listed are ignored."""

    model_config = ConfigDict(strict=True)

    userId: int = Field(ge=-(2**31), lt=2**31)  # noqa: N815  as JSON spells it
    title: str
    completed: bool


async def api_data(req: Request, ctx: RouteContext) -> Response:
    """Read a record, change it, write it."""
    body = await req.bytes()
    text = body.decode(errors="replace")
    try:
        data = ApiData.model_validate_json(body)
    except ValidationError as error:
        return Response.ok(json_problem(text, error))
    if (problem := repeated_field(text, ApiData.model_fields)) is not None:
        return Response.ok(problem)
    title = data.title[::-1]
    print(f"todo = (title {title}) (id {data.userId})")
    answer = json.dumps(
        {"userId": data.userId, "title": title, "completed": data.completed},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return Response.from_bytes(answer.encode())


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.post("/api-data", api_data)
