"""Workers under load: requests per second over 8 keep-alive connections, and the CPU of each.

The CPU is that of the whole workerd process, in all its threads, over all that it answered: on a
busy machine it says more than the rate does. All sides must give the same answer before a clock is
started.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from worker_build.toolchain import Toolchain

from benchmarks import workerd
from benchmarks.measure import OURS, Goal, Measure, Options

CONNECTIONS = 8
WARM = 1.0
"""Seconds of a load that is thrown away: engines compile what runs often."""
_GENERATOR = Path(__file__).with_name("load.mjs")


class Served(Protocol):
    """A worker that answers."""

    @property
    def port(self) -> int:
        """On the loopback."""
        ...

    def cpu(self) -> float:
        """Seconds of CPU that its process has used."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """One request, asked again and again.

    Attributes:
        path: what is asked for.
        body: with one it is a POST, else a GET.
        headers: beside `Host`.
        goals: the requests per second to reach, as a ratio to each peer's.
    """

    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    goals: Mapping[str, Goal] = field(default_factory=dict[str, Goal])

    @property
    def method(self) -> str:
        """POST with a body, else GET."""
        return "POST" if self.body else "GET"

    def raw(self) -> bytes:
        """The request as it goes over the wire."""
        headers = {"Host": "localhost", **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def at_least(figure: float) -> dict[str, Goal]:
    """The goal of a rate: this much of JavaScript's."""
    return {"js": Goal(figure, at_least=True)}


def posted(value: Any) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a request that sends JSON."""
    return json.dumps(value, separators=(",", ":")).encode(), {"Content-Type": "application/json"}


def measures(
    tools: Toolchain, name: str, case: Case, sides: Mapping[str, Served], options: Options
) -> list[Measure]:
    """Two measures of one case: the rate, and the CPU of a request."""
    _check(name, case, sides)
    for served in sides.values():
        load(tools, served.port, case, min(options.seconds, WARM))
    rates: dict[str, list[float]] = {side: [] for side in sides}
    cpu: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(options.rounds):
        for side, served in sides.items():
            before = served.cpu()
            rate, requests = load(tools, served.port, case, options.seconds)
            rates[side].append(rate)
            cpu[side].append((served.cpu() - before) / requests * 1e6)
    return [
        Measure(name, "requests/s", rates, goals=dict(case.goals)),
        Measure(name, "µs CPU/request", cpu),
    ]


def _check(name: str, case: Case, sides: Mapping[str, Served]) -> None:
    answers = {side: _answer(served.port, case) for side, served in sides.items()}
    if any(answer != answers[OURS] for answer in answers.values()):
        short = {side: str(answer)[:300] for side, answer in answers.items()}
        raise AssertionError(f"the workers disagree about {name}: {short}")


def _answer(port: int, case: Case) -> tuple[int, str, Any]:
    """Status, the headers that were echoed, and the body: read, where it is JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=workerd.PATIENCE)
    with contextlib.closing(connection):
        connection.request(case.method, case.path, case.body or None, dict(case.headers))
        answer = connection.getresponse()
        body = answer.read()
        echoed = "".join(f"{k}={answer.headers[k]};" for k in case.headers if k.startswith("x-"))
        if answer.headers.get_content_type() == "application/json":
            return answer.status, echoed, json.loads(body)
        return answer.status, echoed, body


def load(tools: Toolchain, port: int, case: Case, seconds: float) -> tuple[float, int]:
    """Requests per second, and how many were answered in all, the warm-up's included."""
    command = [tools.node, _GENERATOR, str(port), str(seconds), str(CONNECTIONS)]
    done = subprocess.run(command, input=case.raw(), stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    return found["rate"], max(found["requests"], 1)
