"""What runs once in each isolate, before its first event."""

from __future__ import annotations

from worker import Request, Response, RouteContext, Router, event

_begun: set[str] = set()


@event.start
def first() -> None:
    """One start handler."""
    _begun.add("first")


@event.start
def second() -> None:
    """Another."""
    _begun.add("second")


async def init_called(req: Request, ctx: RouteContext) -> Response:
    """Whether both have run."""
    return Response.ok(str(_begun == {"first", "second"}).lower())


def routes(router: Router) -> None:
    """Register this module's routes."""
    router.get("/init-called", init_called)
