"""Hello world with pydantic imported and a model made."""

from pydantic import BaseModel
from worker import Context, Env, Request, Response, event


class Greeting(BaseModel):
    """What is answered."""

    text: str


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer."""
    return Response.ok(Greeting(text="Hello, world!").text)
