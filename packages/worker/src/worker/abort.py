"""Giving an operation up: controllers and signals.

Source: workers-rs `AbortController`, `AbortSignal`;
https://developer.mozilla.org/en-US/docs/Web/API/AbortSignal
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Never, final

from worker_sys import calls, convert, js
from worker_sys.errors import from_js

from worker._handle import Handle

__all__ = ["AbortController", "AbortSignal", "abort"]


def abort(reason: str) -> Never:
    """End this isolate's Python: everything in memory is lost, storage is not.

    The events under way are ended by the platform, without an answer; the next event gets a fresh
    interpreter, and its start handlers run again. For a state that nothing else can mend: an
    exception is answered with a 500 and costs nothing.

    Args:
        reason: written to the log.

    Source: the abort of a panic in workers-rs.
    """
    print(f"the worker aborts: {reason}", file=sys.stderr, flush=True)
    os.abort()


@final
class AbortController:
    """Something that can be aborted once; what was given its `signal` stops then.

    Source: workers-rs `AbortController`.
    """

    __slots__ = ("js",)

    js: Any

    def __init__(self) -> None:
        self.js = calls.call(js.AbortController, "new")

    @property
    def signal(self) -> AbortSignal:
        """What to hand to the operations."""
        return AbortSignal._from_js(self.js.signal)

    def abort(self, reason: Any = None) -> None:
        """Stop them.

        Args:
            reason: what they raise: an exception, or a value to describe why. When not given, they
                raise `AbortError`.
        """
        calls.call(self.js, "abort", *_reason(reason))


@final
class AbortSignal(Handle):
    """Tells an operation to stop.

    Source: workers-rs `AbortSignal`.
    """

    __slots__ = ()

    @classmethod
    def abort(cls, reason: Any = None) -> AbortSignal:
        """A signal that is aborted already."""
        return cls._from_js(calls.call(js.AbortSignal, "abort", *_reason(reason)))

    @classmethod
    def timeout(cls, delay: float | timedelta) -> AbortSignal:
        """A signal that is aborted after a while; operations then raise `TimedOutError`.

        Args:
            delay: seconds, or a timedelta.
        """
        seconds = delay.total_seconds() if isinstance(delay, timedelta) else delay
        return cls._from_js(calls.call(js.AbortSignal, "timeout", max(0, round(seconds * 1000))))

    @classmethod
    def any(cls, signals: Iterable[AbortSignal]) -> AbortSignal:
        """A signal that is aborted as soon as one of `signals` is."""
        return cls._from_js(calls.call(js.AbortSignal, "any", [signal.js for signal in signals]))

    @property
    def aborted(self) -> bool:
        """Whether the operations should have stopped."""
        return bool(self.js.aborted)

    @property
    def reason(self) -> Any:
        """Why: an exception, or the value that was given; None while not aborted."""
        reason = self.js.reason
        return from_js(reason) if isinstance(reason, js.JsException) else convert.to_py(reason)

    async def wait_aborted(self) -> None:
        """Wait until the signal is aborted."""
        await calls.acall(js.runtime, "aborted", self.js)

    def raise_if_aborted(self) -> None:
        """Raise the reason if the signal is aborted.

        Raises:
            AbortError: it was aborted without a reason, or by a timeout (`TimedOutError`).
        """
        calls.call(self.js, "throwIfAborted")


def _reason(reason: Any) -> tuple[Any, ...]:
    return () if reason is None else (reason,)
