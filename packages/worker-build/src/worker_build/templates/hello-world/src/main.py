from worker import Context, Env, Request, Response, event


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    return Response.ok("Hello from Python!")
