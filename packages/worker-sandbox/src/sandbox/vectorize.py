"""Vectorize. The simulator has no index: the tests bind a JavaScript object in its place."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router
from worker.vectorize import Vector

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/vectorize", nearest)
    router.get("/vectorize/filtered", filtered)


async def nearest(req: Request, ctx: RouteContext[Any]) -> Response:
    """Store two vectors, and ask which is nearer to a third."""
    index = ctx.vectorize("INDEX")
    await index.upsert([Vector("a", [1, 0], metadata={"year": 2020}), Vector("b", [0, 1])])
    found = await index.query([0.9, 0.1], top_k=1, return_metadata="all")
    best = found.matches[0]
    return Response.from_json({"id": best.id, "metadata": best.metadata})


async def filtered(req: Request, ctx: RouteContext[Any]) -> Response:
    """Vectors of one namespace whose metadata hold a condition; then they are gone."""
    index = ctx.vectorize("INDEX")
    years = {"old": 1999, "new": 2026, "newer": 2027}
    await index.insert(
        Vector(name, [1, 0], "books", {"year": year}) for name, year in years.items()
    )
    await index.insert([Vector("elsewhere", [1, 0], "films", {"year": 2030})])
    since = {"year": {"$gte": 2000, "$lt": 2027}}
    found = await index.query([1, 0], top_k=9, namespace="books", filter=since, return_values=True)
    assert [match.id for match in found.matches] == ["new"]
    assert found.matches[0].values == (1.0, 0.0)
    some = await index.query([1, 0], namespace="books", filter={"year": {"$in": [1999, 2027]}})
    assert sorted(match.id for match in some.matches) == ["newer", "old"]
    assert [vector.id for vector in await index.get_by_ids(["old", "absent"])] == ["old"]
    await index.delete_by_ids([*years, "elsewhere"])
    assert await index.get_by_ids(years) == []
    return Response.ok("ok")
