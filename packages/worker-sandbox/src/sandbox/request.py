"""Requests: where they come from, what they carry."""

from __future__ import annotations

from worker import Request, Response, RouteContext, Router

from sandbox.contract import debug_coordinates


def located(req: Request) -> str:
    """Where a request comes from, as the platform knows it."""
    if req.cf is None:
        return f"req at: {req.path}, located at: None, within: No CF properties"
    region = req.cf.region or "unknown region"
    return (
        f"req at: {req.path}, located at: {debug_coordinates(req.cf.coordinates)}, within: {region}"
    )


def request(req: Request, ctx: RouteContext) -> Response:
    """A plain function is a handler, too."""
    return Response.ok(located(req))


async def async_request(req: Request, ctx: RouteContext) -> Response:
    """The same in a coroutine."""
    return Response.ok(f"[async] {located(req)}")


async def headers(req: Request, ctx: RouteContext) -> Response:
    """Give the headers back that came in."""
    copied = req.headers.copy()
    copied.append("Hello", "World!")
    return Response.ok("returned your headers to you.").with_headers(
        [
            *((name, value) for name, value in copied.multi_items() if name != "content-type"),
            ("content-type", "text/plain; charset=utf-8"),
        ]
    )


async def post_file_size(req: Request, ctx: RouteContext) -> Response:
    """Read the whole body as bytes."""
    return Response.ok(f"size = {len(await req.bytes())}")


async def async_text_echo(req: Request, ctx: RouteContext) -> Response:
    """Read the whole body as text."""
    return Response.ok(await req.text())


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/request", request)
    router.get("/async-request", async_request)
    router.post("/headers", headers)
    router.post("/post-file-size", post_file_size)
    router.post("/async-text-echo", async_text_echo)
