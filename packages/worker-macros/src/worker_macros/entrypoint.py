"""Classes that are entry points by what they subclass: `WorkerEntrypoint`, `WorkflowEntrypoint`.

`worker`'s base classes call these hooks when a subclass is made. A class whose name begins with
`_` is a base for others and is not exported.

Source: https://developers.cloudflare.com/workers/runtime-apis/rpc/
"""

from __future__ import annotations

from typing import Final

from worker_macros import registry
from worker_macros.methods import Handler, methods_of
from worker_macros.registry import Spec
from worker_macros.signature import refuse, where

__all__ = ["DEFAULT", "register_entrypoint", "register_workflow"]

DEFAULT: Final = "Default"
"""The class name that becomes the worker's default export."""

_EVENTS: Final = {
    "fetch": Handler("fetch", "req: Request", (1,)),
    "scheduled": Handler("scheduled", "event: ScheduledEvent", (1,)),
    "queue": Handler("queue", "batch: MessageBatch", (1,)),
    "email": Handler("email", "message: ForwardableEmailMessage", (1,)),
    "tail": Handler("tail", "events: list[TraceItem]", (1,)),
    "tail_stream": Handler("tailStream", "onset: TailEvent", (1,)),
    "connect": Handler("connect", "socket: Socket", (1,)),
}
_RUN: Final = {
    "run": Handler("run", "event: WorkflowEvent, step: WorkflowStep", (2,), must_be_async=True)
}


def register_entrypoint(cls: type) -> None:
    """Record a `WorkerEntrypoint`: its event handlers and its public `async def` methods.

    The class `Default` is the worker's default export, any other is exported under its name.

    Raises:
        SignatureError: a handler has the wrong arity, or a public method is not `async def`.
    """
    if cls.__name__.startswith("_"):
        return
    methods = methods_of(cls, _EVENTS, rpc=True)
    registry.record(
        Spec("entrypoint", cls.__name__, where(cls), is_async=False, target=cls, methods=methods)
    )


def register_workflow(cls: type) -> None:
    """Record a `WorkflowEntrypoint`, which has one method for the platform: `run`.

    Raises:
        SignatureError: `run` is missing, or not an `async def` of two arguments after `self`.
    """
    if cls.__name__.startswith("_"):
        return
    methods = methods_of(cls, _RUN, rpc=False)
    if not methods:
        raise refuse(
            cls,
            f"the workflow `{cls.__name__}` has no `run`",
            "    async def run(self, event: WorkflowEvent, step: WorkflowStep) -> None: ...",
        )
    registry.record(
        Spec("workflow", cls.__name__, where(cls), is_async=False, target=cls, methods=methods)
    )
