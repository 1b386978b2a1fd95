"""Classes whose methods other workers call.

Source: https://developers.cloudflare.com/workers/runtime-apis/rpc/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from worker_macros.entrypoint import register_entrypoint

if TYPE_CHECKING:
    from worker.context import Context
    from worker.env import Env

__all__ = ["WorkerEntrypoint"]


class WorkerEntrypoint:
    """Base class of an entry point: every public `async def` is callable by whoever has a binding.

    A subclass is exported under its name; the one named `Default` is the worker's default export,
    in place of `@event` functions. A class whose name begins with `_` is a base for others. Event
    handlers are `fetch(self, req)`, `scheduled(self, event)`, `queue(self, batch)`,
    `email(self, message)`, `tail(self, events)`, `tail_stream(self, onset)` and
    `connect(self, socket)`.

    An object is made for each call; what it shall remember belongs into a Durable Object.

    Attributes:
        env: the bindings.
        ctx: the call's context; `ctx.props()` is what the binding was configured with.

    Raises:
        SignatureError: (when the subclass is made) a public method is not `async def`, or a handler
            has the wrong arguments.

    Example:
        class Adder(WorkerEntrypoint):
            async def add(self, a: int, b: int) -> int:
                return a + b
    """

    __worker_base__ = True

    def __init__(self, ctx: Context, env: Env) -> None:
        """Keep what the platform gives."""
        self.ctx = ctx
        self.env = env

    def __init_subclass__(cls, **options: Any) -> None:
        """Check and record the subclass for the build."""
        super().__init_subclass__(**options)
        register_entrypoint(cls)
