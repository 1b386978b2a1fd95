"""The base class of Durable Objects.

Source: workers-rs `DurableObject`; https://developers.cloudflare.com/durable-objects/api/base/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.durable.state import State

if TYPE_CHECKING:
    from worker.env import Env

__all__ = ["DurableObject"]


class DurableObject:
    """A convenience for `@durable_object` classes: it keeps `self.state` and `self.env`.

    Define what the object should answer, and nothing else is exported:

    - `async def setup(self)`: after the constructor; no event arrives before it has finished.
    - `fetch(self, req)`: an HTTP request; returns a Response.
    - `connect(self, socket)`: a TCP connection through a stub (flag `experimental`).
    - `alarm(self)` or `alarm(self, info)`: the alarm that `state.storage.set_alarm` set. When it
      raises, it runs again, up to six times with growing delays.
    - `websocket_message(self, ws, message)`, `websocket_close(self, ws, code, reason, was_clean)`,
      `websocket_error(self, ws, error)`: for sockets given to `state.accept_websocket`.
    - any other public `async def`: callable through a stub.

    Attributes:
        state: identity, storage, sockets.
        env: the bindings.

    Example:
        @durable_object
        class Counter(DurableObject):
            async def add(self, amount: int) -> int:
                count = await self.state.storage.get("count", int) or 0
                await self.state.storage.put("count", count + amount)
                return count + amount
    """

    __worker_base__ = True

    def __init__(self, state: State, env: Env) -> None:
        """Keep what the platform gives."""
        self.state = state
        self.env = env
