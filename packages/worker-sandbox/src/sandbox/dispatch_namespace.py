"""Workers of a dispatch namespace, chosen by name."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router
from worker.dispatch import Limits
from worker.errors import Error

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/dispatch/:customer", dispatch)


async def dispatch(req: Request, ctx: RouteContext[Any]) -> Response:
    """Hand the request to a customer's worker, which may use little."""
    worker = ctx.dynamic_dispatcher("CUSTOMERS").get(
        ctx.param("customer"), limits=Limits(cpu_ms=10), outbound={"plan": "small"}
    )
    try:
        return await worker.fetch(req)
    except Error as error:
        return Response.error(str(error), 404)
