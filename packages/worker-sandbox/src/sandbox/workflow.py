"""Workflows: work of many steps that survives failures, waits, and never does a step twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from worker import Request, Response, RouteContext, Router
from worker.workflow import (
    NonRetryableError,
    StepContext,
    WorkflowEntrypoint,
    WorkflowEvent,
    WorkflowStep,
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent."""

    to: str
    grams: int


class Delivery(WorkflowEntrypoint):
    """From the counter to the door."""

    async def run(self, event: WorkflowEvent, step: WorkflowStep) -> dict[str, Any]:
        """Each step runs once: its result is stored, also while this code is not running."""
        parcel = event.payload(Parcel)

        async def weigh() -> int:
            if parcel.grams > 10_000:
                raise NonRetryableError("too heavy")
            return 3 if parcel.grams > 1000 else 1

        async def drive(context: StepContext) -> str:
            if context.attempt == 1:
                raise OSError("the van did not start")
            return f"arrived at attempt {context.attempt}"

        price = await step.do("weigh", weigh)
        short = timedelta(milliseconds=10)
        drove = await step.do("drive", drive, retries=3, delay=short, backoff="linear")
        await step.sleep("ring", short)
        signed = await step.wait_for_event("signature", "signed", timeout=timedelta(minutes=1))
        return {"to": parcel.to, "price": price, "drove": drove, "signed": signed.payload}


async def create(req: Request, ctx: RouteContext[Any]) -> Response:
    """Start an instance under an id of one's own."""
    parcel = await req.json(Parcel)
    made = await ctx.env.workflow("DELIVERY").create(id=ctx.param("id"), params=parcel)
    return Response.ok(made.id)


async def status(req: Request, ctx: RouteContext[Any]) -> Response:
    """How far it is."""
    found = await (await ctx.env.workflow("DELIVERY").get(ctx.param("id"))).status()
    error = None if found.error is None else f"{found.error.name}: {found.error.message}"
    return Response.from_json({"status": found.status, "output": found.output, "error": error})


async def sign(req: Request, ctx: RouteContext[Any]) -> Response:
    """Send the event that it waits for."""
    delivery = await ctx.env.workflow("DELIVERY").get(ctx.param("id"))
    await delivery.send_event("signed", {"by": await req.text()})
    return Response.ok("signed")


async def stop(req: Request, ctx: RouteContext[Any]) -> Response:
    """End it."""
    await (await ctx.env.workflow("DELIVERY").get(ctx.param("id"))).terminate()
    return Response.ok("stopped")


def routes(router: Router[Any]) -> None:
    """Register this module's routes."""
    router.post("/workflow/:id", create)
    router.get("/workflow/:id", status)
    router.post("/workflow/:id/sign", sign)
    router.delete("/workflow/:id", stop)
