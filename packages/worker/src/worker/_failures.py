"""Telling the log about an exception that nobody handled."""

from __future__ import annotations

import traceback
from pathlib import PurePosixPath
from types import TracebackType
from typing import Final

from worker import console

__all__ = ["log_failure"]

_OURS: Final = frozenset({"worker", "worker_sys"})


def log_failure(error: BaseException) -> None:
    """Write the traceback as one message, from the user's first frame on."""
    shown = error.with_traceback(_from_the_user(error.__traceback__))
    console.error("".join(traceback.format_exception(shown)).rstrip())


def _from_the_user(trace: TracebackType | None) -> TracebackType | None:
    """Drop the frames above the user's handler; all of them are ours, and say nothing."""
    current = trace
    while current is not None and _is_ours(current):
        current = current.tb_next
    return trace if current is None else current


def _is_ours(trace: TracebackType) -> bool:
    folders = PurePosixPath(trace.tb_frame.f_code.co_filename).parts
    return "site-packages" in folders and not _OURS.isdisjoint(folders)
