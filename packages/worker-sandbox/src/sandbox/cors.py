"""CORS: pages of which origins may read an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from worker import Cors, Request, Response, RouteContext, Router

shop: Router[Any] = Router()
shop.use(
    Cors(
        origins=["https://app.example"],
        methods=["PUT"],
        allowed_headers=["content-type"],
        exposed_headers=["x-total"],
        credentials=True,
        max_age=timedelta(hours=1),
    )
)
"""A policy is middleware: it answers preflights and marks every answer, errors included."""


@shop.get("/basket")
@shop.put("/basket")
@shop.options("/basket")  # this worker has a route for OPTIONS of every path, which would answer
def basket(req: Request, ctx: RouteContext[Any]) -> Response:
    """What only pages of `app.example` may read."""
    return Response.from_json([]).with_header("x-total", "0")


async def anyone(req: Request, ctx: RouteContext[Any]) -> Response:
    """One answer that every page may read."""
    return Response.ok("for everyone").with_cors(Cors(origins="*"))


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.get("/cors/anyone", anyone)
    router.mount("/cors/shop", shop)
