"""A workflow: a step that fails once, two at a time, sleep, and an event from outside."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel
from worker.workflow import (
    NonRetryableError,
    StepContext,
    WorkflowEntrypoint,
    WorkflowEvent,
    WorkflowStep,
)


class Item(BaseModel):
    name: str


class Order(WorkflowEntrypoint):
    async def run(self, event: WorkflowEvent, step: WorkflowStep) -> dict[str, Any]:
        item = event.payload(Item)

        async def flaky(ctx: StepContext) -> list[Any]:
            if ctx.attempt < 2:
                raise ValueError("try again")
            return [ctx.name, ctx.count, ctx.attempt]

        async def named() -> Item:
            return item

        async def refused() -> None:
            raise NonRetryableError("sold out")

        short = timedelta(milliseconds=5)
        tried = await step.do("flaky", flaky, retries=2, delay=short, backoff="constant")
        typed, plain = await asyncio.gather(
            step.do("typed", named, Item, timeout=timedelta(seconds=9)), step.do("plain", named)
        )
        await step.sleep("nap", short)
        await step.sleep_until("moment", datetime.now(UTC) + short)
        paid = await step.wait_for_event("paid", "payment", timeout=timedelta(seconds=30))
        if paid.payload is None:
            await step.do("refused", refused)
        return {
            "tried": tried,
            "typed": type(typed).__name__,
            "plain": plain,
            "paid": paid.payload,
            "id": event.instance_id,
            "aware": event.timestamp.tzinfo is not None and paid.timestamp.tzinfo is not None,
        }
