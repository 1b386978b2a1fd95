"""Workers AI. The simulator has no models: the tests bind a JavaScript object in their place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from worker import Request, Response, RouteContext, Router
from worker.ai import GatewayOptions, GatewayRequest, GatewayRetries

__all__ = ["routes"]

MODEL = "@cf/meta/llama-3.1-8b-instruct"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a text model answers, or a piece of it."""

    response: str


def routes(router: Router[Any]) -> None:
    """Register what this module answers."""
    router.get("/ai/run", run)
    router.get("/ai/stream", stream)
    router.get("/ai/image", image)
    router.get("/ai/gateway", gateway)


async def run(req: Request, ctx: RouteContext[Any]) -> Response:
    """A whole answer."""
    answer = await ctx.ai("AI").run(MODEL, {"prompt": "Hello"}, Answer)
    return Response.ok(answer.response)


async def stream(req: Request, ctx: RouteContext[Any]) -> Response:
    """An answer piece by piece, handed on as it comes."""
    pieces = ctx.ai("AI").run_stream(MODEL, {"prompt": "Hello"}, Answer)

    async def text() -> AsyncIterator[str]:
        async for piece in pieces:
            yield piece.response

    return Response.from_stream(text())


async def image(req: Request, ctx: RouteContext[Any]) -> Response:
    """Bytes, handed on unread."""
    return Response.from_stream(await ctx.ai("AI").run_bytes("@cf/flux", {"image": True}))


async def gateway(req: Request, ctx: RouteContext[Any]) -> Response:
    """A model by way of a gateway, and another provider's model behind the same one."""
    ai = ctx.ai("AI")
    options = GatewayOptions(
        id="mine",
        cache_ttl=60,
        metadata={"user": 7},
        retries=GatewayRetries(max_attempts=2, backoff="linear"),
    )
    told = await ai.run(MODEL, {"prompt": "Hello"}, gateway=options, tags=["test"])
    request = GatewayRequest(provider="openai", endpoint="chat", query={"model": "x"})
    other = await ai.gateway("mine").run([request], gateway=GatewayOptions(skip_cache=True))
    return Response.from_json({"options": told["options"], "other": await other.json()})
