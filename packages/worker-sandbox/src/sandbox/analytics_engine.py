"""Workers Analytics Engine: data points with text and bytes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from worker import AnalyticsEngineDataPoint, BindingError, Request, Response, RouteContext, Router

from sandbox.contract import unwrapped

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/analytics-engine", write)


async def write(req: Request, ctx: RouteContext[Any]) -> Response:
    """Two data points: one as a value, one by its parts."""
    try:
        dataset = ctx.analytics_engine("HTTP_ANALYTICS")
    except BindingError as error:
        return Response.error(unwrapped(error, "Failed to get dataset"), 500)
    method = str(req.method)
    dataset.write_data_point(
        AnalyticsEngineDataPoint(indexes=["index1"], doubles=[200], blobs=[method, uuid4().bytes])
    )
    dataset.write_data_point(indexes=["index1"], doubles=[200], blobs=[method, method])
    return Response.ok("Events sent")
