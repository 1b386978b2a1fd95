"""The Node helper process: starts, answers, and ends with its owner."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import queue
import re
import subprocess
import threading
from collections.abc import Callable
from importlib import resources
from itertools import count
from typing import Any, TextIO, cast

from worker_build import toolchain
from worker_build.miniflare import _codec
from worker_build.miniflare.errors import Gone, JsError, MissingBinding

Listener = Callable[[dict[str, Any]], None]
_MISSING = re.compile(r'No [\w ]*named "')


class Helper:
    """One Node process that holds one Miniflare; calls may come from any thread.

    Args:
        cwd: the working directory, in which wrangler looks for `.dev.vars`.
        on_message: gets the helper's own messages (`log`, `ask`); called in the reading thread,
            so it must not wait.
    """

    def __init__(self, cwd: str, on_message: Listener) -> None:
        tools = toolchain.install()
        self._on_message = on_message
        self._ids = count(1)
        self._answers: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._writing = threading.Lock()
        self._said: collections.deque[str] = collections.deque(maxlen=100)
        # `as_file` would unpack a zipped package; wheels are always folders on disk.
        driver = str(resources.files("worker_build").joinpath("miniflare", "driver.mjs"))
        self._process = subprocess.Popen(
            [str(tools.node), driver, str(tools.modules)],
            cwd=cwd,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C is Python's to handle: the helper ends when its stdin does.
            start_new_session=True,
        )
        self._stdin = cast("TextIO", self._process.stdin)
        self._threads = [
            threading.Thread(target=target, name=f"miniflare-{name}", daemon=True)
            for name, target in (("reader", self._read), ("stderr", self._listen))
        ]
        for thread in self._threads:
            thread.start()

    def call(self, op: str, *, timeout: float = 60.0, **args: Any) -> Any:
        """Run one operation of `driver.mjs` and return its value.

        Args:
            op: the operation's name.
            timeout: seconds to wait for the answer.
            args: what the operation takes; values that `_codec` knows.

        Raises:
            JsError: it threw.
            Gone: the helper has ended.
            TimeoutError: no answer within the time.
        """
        number = next(self._ids)
        answer = self._answers[number] = queue.SimpleQueue()
        try:
            self.send({"id": number, "op": op, **_codec.encode(args)})
            if self._process.poll() is not None:
                answer.put({"gone": True})
            reply = answer.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError(f"Miniflare did not answer {op!r} within {timeout} s") from None
        finally:
            self._answers.pop(number, None)
        if "gone" in reply:
            raise Gone(f"the Miniflare helper has ended:\n{self.said}")
        if "error" in reply:
            raise _error(reply["error"])
        return _codec.decode(reply["value"])

    def send(self, message: dict[str, Any]) -> None:
        """Write one message to the helper.

        Raises:
            Gone: the helper has ended.
        """
        with self._writing:
            try:
                self._stdin.write(json.dumps(message) + "\n")
                self._stdin.flush()
            except (OSError, ValueError):
                raise Gone(f"the Miniflare helper has ended:\n{self.said}") from None

    @property
    def said(self) -> str:
        """The last lines that Miniflare itself printed."""
        return "".join(self._said)

    def close(self) -> None:
        """End the helper and its workerd; waits for both, and may be called twice."""
        with self._writing, contextlib.suppress(OSError):  # it may have ended already
            self._stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(5)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            message: dict[str, Any] = json.loads(line)
            waiting = self._answers.get(message.get("id", 0))
            if waiting is not None:
                waiting.put(message)
            else:
                self._on_message(message)
        for waiting in list(self._answers.values()):
            waiting.put({"gone": True})

    def _listen(self) -> None:
        for line in self._process.stderr or ():
            self._said.append(line)


def _environment() -> dict[str, str]:
    """The user's environment, without what changes Node, colours the output or phones home."""
    dropped = {"NODE_OPTIONS", "NODE_PATH", "FORCE_COLOR"}
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return {
        **kept,
        "NO_COLOR": "1",
        "WRANGLER_SEND_METRICS": "false",
        "WRANGLER_HIDE_BANNER": "true",
        "WRANGLER_LOG": "error",
    }


def _error(data: dict[str, str]) -> JsError:
    kind = MissingBinding if _MISSING.match(data["message"]) else JsError
    return kind(data["name"], data["message"], data["code"], data["stack"])
