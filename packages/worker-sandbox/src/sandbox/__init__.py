"""A reference worker: one module a feature, each with its routes; read `router.py` for the list."""

from worker import Context, Env, Request, Response, event

from sandbox.router import router


@event.fetch
async def main(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    return await router.run(req, env, ctx)
