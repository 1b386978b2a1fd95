"""One read of KV, and one query of D1."""

from worker import Context, Env, Request, Response, event

QUERY = "SELECT id, name, city, amount FROM customers ORDER BY id LIMIT 10"


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer."""
    match req.path:
        case "/kv":
            return Response.ok(await env.kv("KV").get("greeting") or "nothing")
        case "/d1":
            return Response.from_json((await env.d1("DB").query(QUERY).all()).rows)
        case _:
            return Response.ok("Hello, world!")
