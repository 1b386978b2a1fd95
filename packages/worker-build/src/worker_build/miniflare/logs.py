"""What the worker wrote to its console, and what the runtime had to say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import overload


@dataclass(frozen=True, slots=True)
class LogLine:
    """One call of `console.*` or one message of the runtime.

    Attributes:
        level: `log`, `debug`, `info`, `warn` or `error`; uncaught exceptions are `error`.
        message: the text, with its line breaks: a Python traceback is one message.
        time: when it was written, aware, in UTC.
    """

    level: str
    message: str
    time: datetime


class Logs(Sequence[LogLine]):
    """The console's lines so far, oldest first; safe to read while the worker writes.

    Lines arrive shortly after the response of the request that wrote them: a test that expects
    one calls `wait_for`.
    """

    def __init__(self, echo: Callable[[LogLine], None] | None = None) -> None:
        self._lines: list[LogLine] = []
        self._changed = threading.Condition()
        self._echo = echo

    @overload
    def __getitem__(self, index: int) -> LogLine: ...
    @overload
    def __getitem__(self, index: slice) -> list[LogLine]: ...
    def __getitem__(self, index: int | slice) -> LogLine | list[LogLine]:
        with self._changed:
            return self._lines[index]

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[LogLine]:
        with self._changed:
            return iter(tuple(self._lines))

    def __repr__(self) -> str:
        return f"<Logs: {len(self)} lines>"

    @property
    def text(self) -> str:
        """All messages, one after the other, as a terminal would show them."""
        return "\n".join(line.message for line in self)

    def at(self, level: str) -> list[LogLine]:
        """Return the lines of one level."""
        return [line for line in self if line.level == level]

    def clear(self) -> None:
        """Forget all lines so far."""
        with self._changed:
            self._lines.clear()

    def wait_for(self, text: str, *, timeout: float = 10.0) -> LogLine:
        """Return the first line that contains `text`, waiting until it is written.

        Args:
            text: a part of the message.
            timeout: seconds.

        Raises:
            TimeoutError: no such line came; the message shows those that did.
        """
        end = time.monotonic() + timeout
        with self._changed:
            while True:
                for line in self._lines:
                    if text in line.message:
                        return line
                left = end - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
        raise TimeoutError(f"no log line with {text!r} within {timeout} s; there are:\n{self.text}")

    def _add(self, level: str, message: str, milliseconds: float) -> None:
        line = LogLine(level, message, datetime.fromtimestamp(milliseconds / 1000, UTC))
        with self._changed:
            self._lines.append(line)
            self._changed.notify_all()
        if self._echo is not None:
            self._echo(line)
