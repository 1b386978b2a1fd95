"""Vectorize. The simulator has no index: the tests bind a JavaScript object in its place."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router
from worker.vectorize import Vector

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/vectorize", nearest)


async def nearest(req: Request, ctx: RouteContext[Any]) -> Response:
    """Store two vectors, and ask which is nearer to a third."""
    index = ctx.vectorize("INDEX")
    await index.upsert([Vector("a", [1, 0], metadata={"year": 2020}), Vector("b", [0, 1])])
    found = await index.query([0.9, 0.1], top_k=1, return_metadata="all")
    best = found.matches[0]
    return Response.from_json({"id": best.id, "metadata": best.metadata})
