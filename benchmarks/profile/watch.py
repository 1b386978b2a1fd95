"""Marks of a starting worker: lines of its console, timed from outside.

The clocks of the platform stand still while JavaScript runs, but `console.log` writes to workerd's
output at once, in the middle of a start too. A thread reads the other end, and notes for each line
the time since the spawn and the CPU that the process has used so far. What a mark costs, and how
late it is read, is some tens of microseconds on a quiet machine.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

from benchmarks import workerd

PREFIX = b"mark: "


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that the start has come to.

    Attributes:
        name: what the line says.
        milliseconds: since the spawn.
        cpu_milliseconds: of all threads.
    """

    name: str
    milliseconds: float
    cpu_milliseconds: float


class Watcher:
    """A `workerd.Watch` that collects marks."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self._begun = time.perf_counter()
        self._thread: threading.Thread | None = None
        self._marks: list[Mark] = []

    def out(self) -> int:
        """The end that the worker writes to; the spawn follows at once."""
        self._begun = time.perf_counter()
        return self._writing

    def begin(self, pid: int) -> None:
        """Read until the worker has closed its end."""
        os.close(self._writing)
        self._thread = threading.Thread(target=self._read, args=(pid,), daemon=True)
        self._thread.start()

    def marks(self) -> list[Mark]:
        """All of them, once the process has ended."""
        if self._thread is not None:
            self._thread.join()
        return self._marks

    def _read(self, pid: int) -> None:
        with os.fdopen(self._reading, "rb", buffering=0) as lines:
            while data := lines.read(65536):
                now, cpu = time.perf_counter(), _cpu(pid)
                for line in data.splitlines():
                    if line.startswith(PREFIX):
                        name = line.removeprefix(PREFIX).decode()
                        took = (now - self._begun) * 1000
                        self._marks.append(Mark(name, took, cpu * 1000))


def _cpu(pid: int) -> float:
    try:
        return workerd.cpu_of(pid)
    except OSError:  # it has ended
        return 0.0
