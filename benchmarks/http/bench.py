"""Requests per second over 8 keep-alive connections: ours, plain JavaScript, and Hono.

Each side is its own workerd; all of them must give the same answer before a clock is started.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from worker_build import _npm, toolchain
from worker_build.toolchain import Toolchain

from benchmarks import workerd
from benchmarks.measure import OURS, Measure, Options

HERE = Path(__file__).parent
CONNECTIONS = 8
HONO = "hono@4"


@dataclass(frozen=True, slots=True)
class Case:
    """One request, asked again and again."""

    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

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


ORDER = {"id": 4711, "paid": True, "items": [{"sku": "A-1", "price": 9.95}], "note": "a gift"}
CASES = {
    "hello world": Case("/"),
    "JSON echo": Case(
        "/json",
        json.dumps(ORDER, separators=(",", ":")).encode(),
        {"Content-Type": "application/json"},
    ),
    "20 headers": Case("/headers", headers={f"x-{n}": f"value {n}" for n in range(20)}),
    "1 MiB through": Case("/body", b"x" * 2**20),
    "10 routes": Case("/10/resource9/12345"),
    "1,000 routes": Case("/1000/resource999/12345"),
}


def run(options: Options) -> list[Measure]:
    """Serve every side, and ask each in turn."""
    tools = toolchain.install()
    left_out: dict[str, str] = {}
    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-http-")))
        sides = {
            OURS: workerd.bundle(workerd.project("http", folder / "ours")),
            "js": {"plain.mjs": HERE / "plain.mjs"},
        }
        try:
            sides["hono"] = _hono(tools, folder)
        except (OSError, subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            left_out["hono"] = f"it could not be installed: {_reason(error)}"
        ports = {
            side: closing.enter_context(workerd.serving(tools, worker)).port
            for side, worker in sides.items()
        }
        # Hello world alone: no router in front of it.
        hello = workerd.bundle(workerd.project("hello", folder / "hello"))
        alone = closing.enter_context(workerd.serving(tools, hello)).port
        measures = [
            _measure(
                tools, name, case, ports | ({OURS: alone} if case.path == "/" else {}), options
            )
            for name, case in CASES.items()
        ]
    measures[0].left_out.update(left_out)
    return measures


def _measure(
    tools: Toolchain, name: str, case: Case, ports: Mapping[str, int], options: Options
) -> Measure:
    answers = {side: _answer(port, case) for side, port in ports.items()}
    if any(answer != answers[OURS] for answer in answers.values()):
        short = {side: (status, body[:200]) for side, (status, body) in answers.items()}
        raise AssertionError(f"the workers disagree about {name}: {short}")
    samples: dict[str, list[float]] = {side: [] for side in ports}
    for _ in range(options.rounds):
        for side, port in ports.items():
            samples[side].append(_load(tools, port, case, options.seconds))
    return Measure(f"http, {name}", "requests/s", samples)


def _answer(port: int, case: Case) -> tuple[int, bytes]:
    """Status and body; the 20 headers count as body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=workerd.PATIENCE)
    with contextlib.closing(connection):
        connection.request(case.method, case.path, case.body or None, dict(case.headers))
        answer = connection.getresponse()
        body = answer.read()
        echoed = "".join(
            f"{name}={answer.headers[name]};" for name in case.headers if name[1] == "-"
        )
        return answer.status, echoed.encode() + body


def _load(tools: Toolchain, port: int, case: Case, seconds: float) -> float:
    command = [tools.node, HERE / "load.mjs", str(port), str(seconds), str(CONNECTIONS)]
    done = subprocess.run(command, input=case.raw(), stdout=subprocess.PIPE, check=True)
    return float(done.stdout)


def _hono(tools: Toolchain, folder: Path) -> Mapping[str, Path]:
    """Hono from npm, installed aside and bundled by esbuild into one module."""
    home = folder / "hono"
    home.mkdir()
    (home / "package.json").write_text("{}", "utf-8")
    (home / "main.mjs").write_bytes((HERE / "hono.mjs").read_bytes())
    install = [_npm._npm_cli(), "install", HONO, "--ignore-scripts", "--no-audit", "--no-fund"]
    esbuild = tools.package("esbuild") / "bin/esbuild"
    bundle = [esbuild, "main.mjs", "--bundle", "--format=esm", "--minify", "--outfile=hono.mjs"]
    for command in (install, bundle):
        subprocess.run(
            [tools.node, *command], cwd=home, env=_npm._environment(), check=True,
            capture_output=True, timeout=60,
        )  # fmt: skip
    return {"hono.mjs": home / "hono.mjs"}


def _reason(error: Exception) -> str:
    told = getattr(error, "stderr", None)
    lines = told.decode("utf-8", "replace").strip().splitlines() if told else [str(error)]
    return lines[0][:200].replace("|", "/")
