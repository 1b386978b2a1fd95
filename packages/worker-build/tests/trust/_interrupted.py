"""A build that ends itself: `python _interrupted.py PLACE SIGNAL ARGUMENTS...`.

PLACE is the name of a step, `step:2` for the second time that it is told, `rename` for the moment
before the bundle is put in place, `renamed` for the one after, or `workerd` for while the app is
being imported.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

from worker_build import cli, link, workerd
from worker_build.cli._ui import Ui


def interrupt(place: str, number: signal.Signals) -> None:
    """Arrange for the signal to be sent to this process when it gets to `place`."""

    def now() -> None:
        os.kill(os.getpid(), number)

    name, _, count = place.partition(":")
    left = int(count or 1)
    told = Ui.step

    def watched(self: Ui, step: str, message: str) -> None:
        nonlocal left
        told(self, step, message)
        if step == name:
            left -= 1
            if left == 0:
                now()

    Ui.step = watched
    swap = link._swap

    def swapped(new: Any, old: Any) -> None:
        if place == "rename":
            now()
        swap(new, old)
        if place == "renamed":
            now()

    link._swap = swapped
    fetch = workerd._fetch

    def asked(process: subprocess.Popen[bytes], port: int) -> bytes:
        if place == "workerd":
            sys.stdout.write(f"{process.pid}\n")
            sys.stdout.flush()
            now()
        return fetch(process, port)

    workerd._fetch = asked


if __name__ == "__main__":
    interrupt(sys.argv[1], signal.Signals[sys.argv[2]])
    sys.argv[1:] = sys.argv[3:]
    cli.main()
