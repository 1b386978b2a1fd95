"""The runtime's signal that CPU time runs out."""

from __future__ import annotations

from worker import Request, Response, RouteContext, Router, signal


async def poll(req: Request, ctx: RouteContext) -> Response:
    """Whether this isolate is told, and has been."""
    states = (signal.is_registered(), signal.is_near_cpu_limit())
    return Response.ok(":".join(str(state).lower() for state in states))


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/signal/poll", poll)
