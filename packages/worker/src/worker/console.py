"""The platform's log: `console.log("user", user)`.

Values are shown by `str()` for text and `repr()` for everything else, so that nothing crosses into
JavaScript but one string. For structured logs use `worker.logging`.

Source: workers-rs `console_log!`, `console_debug!`, `console_warn!`, `console_error!`;
https://developers.cloudflare.com/workers/runtime-apis/console/
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

from worker_sys import js

__all__ = ["debug", "error", "group", "info", "log", "timer", "trace", "warn", "write"]

type Level = Literal["debug", "log", "info", "warn", "error"]

_depth = 0


def write(level: Level, text: str) -> None:
    """Write one entry of text; on CPython, to standard error."""
    if _depth:
        text = "\n".join("  " * _depth + line for line in text.split("\n"))
    if js.IN_WORKER:
        getattr(js.console, level)(text)
    else:
        sys.stderr.write(f"{text}\n")


def _text(values: tuple[object, ...]) -> str:
    return " ".join(value if isinstance(value, str) else repr(value) for value in values)


def log(*values: object) -> None:
    """Write an ordinary entry."""
    write("log", _text(values))


def debug(*values: object) -> None:
    """Write an entry for who looks for a fault."""
    write("debug", _text(values))


def info(*values: object) -> None:
    """Write an entry of information."""
    write("info", _text(values))


def warn(*values: object) -> None:
    """Write a warning."""
    write("warn", _text(values))


def error(*values: object) -> None:
    """Write an error."""
    write("error", _text(values))


def trace(*values: object) -> None:
    """Write an entry with the stack of Python calls that led here."""
    import traceback

    stack = "".join(traceback.format_stack()[:-1]).rstrip()
    write("debug", f"{_text(values)}\n{stack}".lstrip())


@contextmanager
def group(*values: object) -> Generator[None]:
    """Indent the entries written inside the block, under a heading if one is given."""
    global _depth
    if values:
        log(*values)
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


@contextmanager
def timer(label: str = "default") -> Generator[None]:
    """Write how long the block took. The platform's clock stands still but for I/O."""
    start = time.perf_counter()
    try:
        yield
    finally:
        log(f"{label}: {(time.perf_counter() - start) * 1000:.0f}ms")


def __getattr__(name: str) -> Any:
    raise AttributeError(f"console has no {name!r}; the JavaScript one is worker_sys.js.console")
