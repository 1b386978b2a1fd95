"""Workflows from outside: starting instances and steering them.

Source: https://developers.cloudflare.com/workflows/build/workers-api/#workflow
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, final

from worker_sys import calls, convert

from worker._handle import Handle
from worker.durable.alarms import span

__all__ = ["InstanceStatus", "NewInstance", "Workflow", "WorkflowFailure", "WorkflowInstance"]


@final
@dataclass(frozen=True, slots=True)
class WorkflowFailure:
    """Why an instance ended with an error: the name of the exception and its text."""

    name: str
    message: str


@final
@dataclass(frozen=True, slots=True)
class InstanceStatus:
    """What an instance is doing.

    Attributes:
        status: `queued`, `running`, `paused`, `errored`, `terminated`, `complete`, `waiting`,
            `waitingForPause` or `unknown`.
        error: of an instance that failed.
        output: of one that is complete, what `run` returned.
    """

    status: str
    error: WorkflowFailure | None = None
    output: Any = None

    @property
    def ended(self) -> bool:
        """Whether it will do nothing more by itself."""
        return self.status in {"errored", "terminated", "complete"}


@final
@dataclass(frozen=True, slots=True)
class NewInstance:
    """One instance to start with `create_batch`.

    Attributes:
        id: at most 100 characters, unique in the workflow; made up when None.
        params: what `run` reads as `event.payload`.
        success_retention: how long to keep an instance that ended well.
        error_retention: how long to keep one that did not.
    """

    id: str | None = None
    params: Any = None
    success_retention: timedelta | None = None
    error_retention: timedelta | None = None

    def _to_options(self) -> Any:
        retention = None
        if self.success_retention is not None or self.error_retention is not None:
            retention = convert.options(
                successRetention=_span(self.success_retention),
                errorRetention=_span(self.error_retention),
            )
        return convert.options(id=self.id, params=self.params, retention=retention)


def _span(length: timedelta | None) -> int | None:
    return None if length is None else span(length)


@final
class WorkflowInstance(Handle):
    """One run of a workflow.

    Source: https://developers.cloudflare.com/workflows/build/workers-api/#workflowinstance
    """

    __slots__ = ()

    @property
    def id(self) -> str:
        """Its id, unique in the workflow."""
        return str(self.js.id)

    async def status(self) -> InstanceStatus:
        """What it is doing now."""
        found = convert.to_py(await calls.acall(self.js, "status"))
        error = found.get("error")
        failure = None
        if error:
            failure = WorkflowFailure(str(error.get("name", "")), str(error.get("message", "")))
        return InstanceStatus(found["status"], failure, found.get("output"))

    async def pause(self) -> None:
        """Stop it after the step that is running."""
        await calls.acall(self.js, "pause")

    async def resume(self) -> None:
        """Go on with an instance that was paused.

        Raises:
            JsError: it was not paused.
        """
        await calls.acall(self.js, "resume")

    async def terminate(self, *, rollback: bool | None = None) -> None:
        """End it.

        Args:
            rollback: undo the steps that are done first, where they said how; not when not given.

        Raises:
            JsError: it has ended already.
        """
        options = () if rollback is None else (convert.options(rollback=rollback),)
        await calls.acall(self.js, "terminate", *options)

    async def restart(
        self,
        *,
        from_step: str | None = None,
        count: int | None = None,
        type: Literal["do", "sleep", "waitForEvent"] | None = None,
    ) -> None:
        """Run it again, with the same id and parameters.

        Args:
            from_step: the step to begin with; results of earlier ones are kept. From the start
                when not given.
            count: which of several steps of that name, from 1.
            type: what kind of step, should others have the same name.
        """
        if from_step is None:
            await calls.acall(self.js, "restart")
            return
        step = convert.options(name=from_step, count=count, type=type)
        await calls.acall(self.js, "restart", convert.options(**{"from": step}))

    async def send_event(self, type: str, payload: Any = None) -> None:
        """Bring what a `step.wait_for_event` of that type waits for.

        Args:
            type: letters, digits, `-` and `_`, at most 100 characters.
            payload: what the step gets.
        """
        event = convert.options(type=type, payload=payload)
        await calls.acall(self.js, "sendEvent", event)

    def __repr__(self) -> str:
        """For logs."""
        return f"<WorkflowInstance {self.id}>"


@final
class Workflow(Handle):
    """A binding to a workflow: `env.workflow("SIGN_UP")`.

    Source: https://developers.cloudflare.com/workflows/build/workers-api/#workflow
    """

    __slots__ = ()

    async def create(
        self,
        *,
        id: str | None = None,
        params: Any = None,
        success_retention: timedelta | None = None,
        error_retention: timedelta | None = None,
    ) -> WorkflowInstance:
        """Start an instance.

        Args:
            id: at most 100 characters, unique in the workflow; made up when not given.
            params: what `run` reads as `event.payload`, at most 1 MiB.
            success_retention: how long to keep it when it ends well.
            error_retention: how long to keep it when it does not.

        Raises:
            JsError: an instance of that id exists.
        """
        new = NewInstance(id, params, success_retention, error_retention)
        return WorkflowInstance._from_js(await calls.acall(self.js, "create", new._to_options()))

    async def create_batch(self, instances: Iterable[NewInstance]) -> list[WorkflowInstance]:
        """Start several instances at once, at most 100; those whose id exists are left out."""
        made = await calls.acall(
            self.js, "createBatch", [instance._to_options() for instance in instances]
        )
        return [WorkflowInstance._from_js(instance) for instance in made]

    async def get(self, id: str) -> WorkflowInstance:
        """The instance of that id.

        Raises:
            JsError: there is none.
        """
        return WorkflowInstance._from_js(await calls.acall(self.js, "get", id))
