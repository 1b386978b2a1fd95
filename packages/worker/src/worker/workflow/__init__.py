"""Workflows: code that goes on where it stopped, for days if need be."""

from worker.workflow.binding import (
    InstanceStatus,
    NewInstance,
    Workflow,
    WorkflowFailure,
    WorkflowInstance,
)
from worker.workflow.entrypoint import CronSchedule, WorkflowEntrypoint, WorkflowEvent
from worker.workflow.step import (
    NonRetryableError,
    StepContext,
    StepEvent,
    WorkflowStep,
)

__all__ = [
    "CronSchedule",
    "InstanceStatus",
    "NewInstance",
    "NonRetryableError",
    "StepContext",
    "StepEvent",
    "Workflow",
    "WorkflowEntrypoint",
    "WorkflowEvent",
    "WorkflowFailure",
    "WorkflowInstance",
    "WorkflowStep",
]
