"""Workers from source, started while this one runs."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router
from worker.dispatch import WorkerCode

__all__ = ["routes"]

SOURCE = """
export default {
  fetch(request, env) {
    return new Response(`${env.GREETING} from ${new URL(request.url).pathname}`);
  }
};
"""


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/worker-loader/load", load)
    router.get("/worker-loader/get", get)


async def load(req: Request, ctx: RouteContext[Any]) -> Response:
    """A worker for this one request."""
    return await ctx.worker_loader("LOADER").load(_code("hello")).entrypoint().fetch(req)


async def get(req: Request, ctx: RouteContext[Any]) -> Response:
    """A worker by name, whose source is asked for when it is not there yet."""

    async def code() -> WorkerCode:
        return _code("hi")

    return await ctx.worker_loader("LOADER").get("greeter", code).entrypoint().fetch(req)


def _code(greeting: str) -> WorkerCode:
    return WorkerCode(
        main_module="main.js",
        modules={"main.js": SOURCE},
        compatibility_date="2025-09-23",
        env={"GREETING": greeting},
        no_outbound=True,
    )
