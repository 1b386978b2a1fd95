"""There are no threads: what frameworks run in one runs on a stack of its own instead.

Starlette and FastAPI call `def` endpoints through anyio's worker threads. Here such a call may use
`run_sync`, and `anyio.from_thread` finds its way back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any

from worker_sys import aio, js

__all__ = ["replace_threads"]


def replace_threads() -> None:
    """Let anyio's worker threads be stacks. Does nothing on CPython, or without anyio."""
    if not js.IN_WORKER or find_spec("anyio") is None:
        return
    from anyio import from_thread
    from anyio._backends._asyncio import AsyncIOBackend

    async def run_in_thread(
        cls: Any,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        abandon_on_cancel: bool = False,
        limiter: Any = None,
    ) -> Any:
        await AsyncIOBackend.checkpoint()
        return await aio.run_blocking(func, *args)

    def run(func: Callable[..., Awaitable[Any]], *args: Any, **_: Any) -> Any:
        return aio.run_sync(func(*args))

    def run_sync(func: Callable[..., Any], *args: Any, **_: Any) -> Any:
        return func(*args)

    backend: Any = AsyncIOBackend
    backend.run_sync_in_worker_thread = classmethod(run_in_thread)
    module: Any = from_thread
    module.run, module.run_sync = run, run_sync
