"""What `benchmarks/http` asks for, each path through the router."""

from typing import Any

from worker import Context, Env, Request, Response, RouteContext, Router, event


async def echo(req: Request, _ctx: RouteContext[Any]) -> Response:
    """JSON, parsed and written again."""
    return Response.from_json(await req.json())


async def headers(req: Request, _ctx: RouteContext[Any]) -> Response:
    """The 20 headers `x-0` … `x-19`, read and sent back."""
    answer = Response.ok("headers")
    for number in range(20):
        answer.headers[f"x-{number}"] = req.headers[f"x-{number}"]
    return answer


async def body(req: Request, _ctx: RouteContext[Any]) -> Response:
    """The body, passed through."""
    return Response.from_stream(req.stream())


async def item(_req: Request, ctx: RouteContext[Any]) -> Response:
    """A parameter of the path."""
    return Response.ok(ctx.param("id"))


def routed(count: int) -> Router[Any]:
    """The handlers, and `count` routes beside them."""
    router: Router[Any] = Router(data=None)
    router.post("/json", echo)
    router.get("/headers", headers)
    router.post("/body", body)
    for number in range(count):
        router.get(f"/{count}/resource{number}/:id", item)
    return router


few, many = routed(10), routed(1000)


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer."""
    if req.path == "/":
        return Response.ok("Hello, world!")
    return await (many if req.path.startswith("/1000/") else few).run(req, env, ctx)
