"""Dynamic dispatch: which worker answers is decided by the request (Workers for Platforms)."""

from __future__ import annotations

from typing import Any

from worker import Error, Request, Response, RouteContext, Router
from worker.dispatch import Limits


async def hand_on(req: Request, ctx: RouteContext[Any]) -> Response:
    """Hand the request to a customer's worker, with what it may use."""
    customers = ctx.dynamic_dispatcher("CUSTOMERS")
    try:
        worker = customers.get(ctx.param("customer"), limits=Limits(cpu_ms=50, subrequests=5))
        return await worker.fetch(req)
    except Error as error:
        return Response.error(f"no such customer: {error}", 404)


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/dispatch/:customer", hand_on)
