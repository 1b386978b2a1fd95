"""A workflow that undoes what it did."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from worker import durable_object
from worker.durable import DurableObject
from worker.workflow import (
    DelayContext,
    NonRetryableError,
    RollbackConfig,
    RollbackContext,
    StepContext,
    WorkflowEntrypoint,
    WorkflowEvent,
    WorkflowStep,
)


class Booking(BaseModel):
    number: int


@durable_object
class Ledger(DurableObject):
    """What was done, by whichever isolate."""

    async def note(self, text: str) -> int:
        lines = [*await self.lines(), text]
        await self.state.storage.put("lines", lines)
        return len(lines)

    async def lines(self) -> list[str]:
        return await self.state.storage.get("lines", list[str]) or []


class Trip(WorkflowEntrypoint):
    async def run(self, event: WorkflowEvent, step: WorkflowStep) -> None:
        ledger = self.env.durable_object("LEDGER", Ledger).get_by_name(event.instance_id)

        async def flight() -> Booking:
            await ledger.note("book flight")
            return Booking(number=7)

        async def cancel(undone: RollbackContext[Booking]) -> None:
            assert undone.output is not None
            await ledger.note(f"cancel {undone.step.name} {undone.output.number}: {undone.error}")

        async def hotel(context: StepContext) -> dict[str, Any]:
            waits = context.config
            await ledger.note(f"book hotel {context.attempt} {waits.retries} {waits.backoff}")
            if context.attempt == 1:
                raise ValueError("engaged")
            return {"room": 3}

        def soon(failed: DelayContext) -> timedelta:
            failures.append(f"{failed.step.name} {failed.step.attempt} {failed.error}")
            return timedelta(milliseconds=2)

        tries = 0

        async def leave(undone: RollbackContext[Any]) -> None:
            nonlocal tries
            tries += 1
            if tries == 1:
                raise OSError("nobody at the desk")
            await ledger.note(f"leave {undone.output} at attempt {tries}")

        async def pay() -> None:
            await ledger.note(f"pay after {failures}")
            raise NonRetryableError("no money")

        failures: list[str] = []
        await step.do("flight", flight, Booking, rollback=cancel, sensitive="output")
        again = RollbackConfig(retries=2, delay=timedelta(milliseconds=1))
        await step.do(
            "hotel", hotel, retries=2, delay=soon, backoff="constant", rollback=leave,
            rollback_config=again,
        )  # fmt: skip
        if event.payload() == "wait":
            await step.wait_for_event("word", "word")
        await step.do("pay", pay)
