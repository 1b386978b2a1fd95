"""A worker that asks another site with httpx."""

from __future__ import annotations

import httpx
from fetch_transport import FetchTransport
from worker import Context, Env, Request, Response, RouteContext, Router, event

router: Router[None] = Router()


def client(env: Env) -> httpx.AsyncClient:
    """A client for one request: a connection belongs to the request that made it."""
    transport = FetchTransport()
    return httpx.AsyncClient(transport=transport, base_url=env.var("SITE"), follow_redirects=True)


@router.get("/users/{name}")
async def user(req: Request, ctx: RouteContext) -> Response:
    """What the site knows about somebody."""
    async with client(ctx.env) as http:
        answer = await http.get(f"/users/{ctx.param('name')}", params={"full": "1"})
    if answer.is_error:
        return Response.error(f"the site says {answer.status_code}", 502)
    return Response.from_json(
        {
            "user": answer.json(),
            "cookies": dict(answer.cookies),
            "set-cookie": answer.headers.get_list("set-cookie"),
            "encoding": answer.headers.get("content-encoding"),
            "redirects": len(answer.history),
        }
    )


@router.post("/files/{name}")
async def send(req: Request, ctx: RouteContext) -> Response:
    """Hand on an upload, without ever holding the whole of it."""
    async with client(ctx.env) as http:
        answer = await http.post(f"/files/{ctx.param('name')}", content=req.stream())
    return Response.from_json(answer.json(), status=answer.status_code)


@router.get("/download")
async def download(req: Request, ctx: RouteContext) -> Response:
    """How long a large answer is, read in pieces."""
    size = 0
    async with client(ctx.env) as http, http.stream("GET", "/large") as answer:
        async for chunk in answer.aiter_bytes():
            size += len(chunk)
    return Response.from_json({"size": size})


@router.get("/unreachable")
async def unreachable(req: Request, ctx: RouteContext) -> Response:
    """Failures are httpx's own."""
    async with client(ctx.env) as http:
        try:
            await http.get("/slow", timeout=0.2)
        except httpx.TimeoutException as error:
            return Response.error(type(error).__name__, 504)
    return Response.ok("it came after all")


@event.fetch
async def fetch(req: Request, env: Env, ctx: Context) -> Response:
    """Every request goes through the router."""
    return await router.run(req, env, ctx)
