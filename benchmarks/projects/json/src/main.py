"""JSON in and out, with nothing else around it."""

from worker import Context, Env, Request, Response, event

ORDER = {"id": 4711, "paid": True, "items": [{"sku": "A-1", "price": 9.95}], "note": "a gift"}
ROWS = [
    {"id": n, "name": f"customer {n}", "city": "Paris", "amount": n + 0.25, "active": n % 2 == 0}
    for n in range(1000)
]


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer."""
    match req.path:
        case "/in":
            return Response.ok(str(len(await req.json())))
        case "/out":
            return Response.from_json(ORDER)
        case "/out/rows":
            return Response.from_json(ROWS)
        case _:
            return Response.ok("ready")
