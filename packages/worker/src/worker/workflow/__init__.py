"""Workflows: code that goes on where it stopped, for days if need be."""

from worker.workflow.binding import (
    InstanceStatus,
    NewInstance,
    Workflow,
    WorkflowFailure,
    WorkflowInstance,
)
from worker.workflow.config import (
    DelayContext,
    RollbackConfig,
    RollbackContext,
    StepConfig,
    StepContext,
)
from worker.workflow.entrypoint import CronSchedule, WorkflowEntrypoint, WorkflowEvent
from worker.workflow.step import NonRetryableError, StepEvent, WorkflowStep

__all__ = [
    "CronSchedule",
    "DelayContext",
    "InstanceStatus",
    "NewInstance",
    "NonRetryableError",
    "RollbackConfig",
    "RollbackContext",
    "StepConfig",
    "StepContext",
    "StepEvent",
    "Workflow",
    "WorkflowEntrypoint",
    "WorkflowEvent",
    "WorkflowFailure",
    "WorkflowInstance",
    "WorkflowStep",
]
