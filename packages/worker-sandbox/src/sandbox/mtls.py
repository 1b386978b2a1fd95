"""A client certificate, presented to an origin that asks for one."""

from __future__ import annotations

from typing import Any

from worker import Request, Response, RouteContext, Router

__all__ = ["routes"]


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.post("/mtls", present)


async def present(req: Request, ctx: RouteContext[Any]) -> Response:
    """Send the body on, with the certificate of the binding."""
    body = await req.bytes()
    headers = {"x-asked-by": "sandbox"}
    return await ctx.mtls("CERTIFICATE").fetch(
        "https://origin.example/orders", method="POST", headers=headers, body=body
    )
