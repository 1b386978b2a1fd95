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


async def described(_req: Request, ctx: RouteContext[Any]) -> Response:
    """A parameter of the path, in JSON."""
    return Response.from_json({"id": ctx.param("id"), "tags": ["a", "b"], "price": 9.95})


def routed(count: int) -> Router[Any]:
    """The handlers, and `count` routes beside them."""
    router: Router[Any] = Router(data=None)
    router.post("/json", echo)
    router.get("/headers", headers)
    router.post("/body", body)
    answer = described if count == 100 else item
    for number in range(count):
        router.get(f"/{count}/resource{number}/:id", answer)
    return router


few, hundred, many = routed(10), routed(100), routed(1000)


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Answer."""
    if req.path == "/":
        return Response.ok("Hello, world!")
    if req.path.startswith("/100/"):
        return await hundred.run(req, env, ctx)
    return await (many if req.path.startswith("/1000/") else few).run(req, env, ctx)
