"""Scopes: what shares one I/O context of the platform, each with a queue of its own.

The event loop is one per isolate, but each scope (an event; or a Durable Object, whose events share
one context) has its own queue, drained in the microtask that woke it. workerd runs a callback in
the context of the event that scheduled it, and the input gates of Durable Objects hold only because
no macrotask comes between a `get` and the `put` that follows it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import Context
from typing import TYPE_CHECKING, Any

from worker_sys import js

if TYPE_CHECKING:
    from worker_sys.events import Event


class Scope:
    """The queue, tasks and events of one I/O context.

    Attributes:
        id: JavaScript's name for its half of the scope.
        lasting: it outlives its events, as a Durable Object does.
        waking: what `run_sync` waited for and is there: its stack goes on in a microtask to come.
    """

    __slots__ = ("events", "id", "lasting", "ready", "scheduled", "tasks", "waking")

    def __init__(self, id: int, *, lasting: bool = False) -> None:
        self.id = id
        self.lasting = lasting
        self.ready: deque[asyncio.Handle] = deque()
        self.scheduled = False
        self.events: set[Event] = set()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.waking: set[asyncio.Future[Any]] = set()

    def push(self, handle: asyncio.Handle) -> None:
        """Run `handle` in the next microtask of this scope."""
        self.ready.append(handle)
        if not self.scheduled:
            self.scheduled = True
            js.runtime.schedule(self.id)

    def drain(self) -> None:
        """Run what is ready, and what becomes ready meanwhile."""
        self.scheduled = False
        ready = self.ready
        while ready:
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()

    def own(self, task: asyncio.Task[Any], context: Context | None = None) -> None:
        """Make this scope the owner of `task`, which runs in `context`."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard, context=context)


unowned = Scope(0, lasting=True)
"""The scope of code that runs for no event: imports."""
_scopes: dict[int, Scope] = {0: unowned}


def find(id: int) -> Scope | None:
    """The scope that JavaScript names; None when it has ended, or nothing has asked for it yet."""
    return _scopes.get(id)


def join(id: int, event: Event, *, lasting: bool) -> Scope:
    """The scope of an event, made for the first one that asks for it."""
    scope = _scopes.get(id)
    if scope is None:
        scope = _scopes[id] = Scope(id, lasting=lasting)
    scope.events.add(event)
    return scope


def forget(id: int) -> Scope | None:
    """Let a scope go."""
    return _scopes.pop(id, None)
