"""The base class of workflows, and what starts one.

Source: https://developers.cloudflare.com/workflows/build/workers-api/#workflowentrypoint
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, final, overload

from worker_macros.entrypoint import register_workflow
from worker_sys import convert

from worker._handle import Handle
from worker.durable.alarms import from_milliseconds

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from worker.context import Context
    from worker.env import Env

__all__ = ["CronSchedule", "WorkflowEntrypoint", "WorkflowEvent"]


@final
@dataclass(frozen=True, slots=True)
class CronSchedule:
    """The cron trigger that started an instance: its expression, and when it was due (UTC)."""

    cron: str
    scheduled_time: datetime


@final
class WorkflowEvent(Handle):
    """What an instance was started with."""

    __slots__ = ()

    @property
    def instance_id(self) -> str:
        """The id of the instance."""
        return str(self.js.instanceId)

    @property
    def workflow_name(self) -> str | None:
        """The name of the workflow; None where the runtime does not say."""
        return convert.to_py(getattr(self.js, "workflowName", None))

    @property
    def timestamp(self) -> datetime:
        """When the instance was created (UTC)."""
        return convert.to_py(self.js.timestamp)

    @property
    def schedule(self) -> CronSchedule | None:
        """The cron trigger that started it, or None."""
        schedule = convert.to_py(getattr(self.js, "schedule", None))
        if schedule is None:
            return None
        return CronSchedule(schedule["cron"], from_milliseconds(schedule["scheduledTime"]))

    @overload
    def payload(self) -> Any: ...
    @overload
    def payload[T](self, type: TypeForm[T]) -> T: ...
    def payload(self, type: Any = None) -> Any:
        """The parameters that it was created with.

        Args:
            type: what they are; without it, plain Python.

        Raises:
            DecodeError: they are not of that type.
        """
        value = convert.to_py(getattr(self.js, "payload", None))
        return value if type is None else convert.decode(value, type)


class WorkflowEntrypoint:
    """Base class of a workflow: `async def run(self, event, step)`.

    `run` is called again from its start whenever the instance wakes up; steps that are done give
    their stored results at once. So whatever has an effect, or differs from run to run, belongs in
    a step.

    Attributes:
        env: the bindings.
        ctx: the context of the run.

    Raises:
        SignatureError: (when the subclass is made) `run` is missing or has other arguments.

    Example:
        class SignUp(WorkflowEntrypoint):
            async def run(self, event, step):
                order = event.payload(Order)
                receipt = await step.do("charge", lambda: pay(order), Receipt, retries=3)
                await step.sleep("cool off", timedelta(days=1))
    """

    __worker_base__ = True

    def __init__(self, ctx: Context, env: Env) -> None:
        """Keep what the platform gives."""
        self.ctx = ctx
        self.env = env

    def __init_subclass__(cls, **options: Any) -> None:
        """Check and record the subclass for the build."""
        super().__init_subclass__(**options)
        register_workflow(cls)
