"""Hello world through the whole API."""

from worker import Context, Env, Request, Response, event


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer."""
    return Response.ok("Hello, world!")
