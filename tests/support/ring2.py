"""Python code run in real Pyodide, from tests on CPython."""

from __future__ import annotations

import json
import subprocess
import textwrap
from pathlib import Path
from threading import Timer
from typing import Any, Self

from worker_build import project, resolve, toolchain

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "packages/worker-build/src/worker_build/runtime"
PACKAGES = ("worker", "worker-sys", "worker-macros")
_PATIENCE = 120.0


class PyodideError(Exception):
    """The code raised; the message is its traceback."""


class Pyodide:
    """A Node process with Pyodide in it, and a pipe to it."""

    def __enter__(self) -> Self:
        tools = toolchain.install()
        folders = [str(ROOT / "packages" / name / "src") for name in PACKAGES]
        driver = Path(__file__).with_name("ring2.mjs")
        command = [
            tools.node,
            "--experimental-wasm-jspi",
            driver,
            tools.package("pyodide") / "pyodide.mjs",
            RUNTIME,
        ]
        self._process = subprocess.Popen(
            [*command, *folders], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.kill()
        self._process.wait()

    def run(self, code: str, /, **names: Any) -> Any:
        """Run Python code; `await` works at its top level.

        Args:
            code: indented as you like.
            names: JSON values that the code finds as globals.

        Returns:
            The value of the last expression, through JSON.

        Raises:
            PyodideError: the code raised.
        """
        return self._ask({"code": textwrap.dedent(code), "names": json.dumps(names)})

    def add_packages(self, folder: Path) -> None:
        """Make the packages in a folder importable."""
        self._ask({"folder": str(folder)})

    def _ask(self, question: dict[str, str]) -> Any:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        giving_up = Timer(_PATIENCE, process.kill)
        giving_up.start()
        try:
            line = process.stdout.readline()
        finally:
            giving_up.cancel()
        if not line:
            raise PyodideError(
                "Pyodide has died, or did not answer in time; its standard error says more"
            )
        answer = json.loads(line)
        if "error" in answer:
            raise PyodideError(answer["error"])
        return answer.get("value")


def install_pydantic(site: Path, folder: Path) -> None:
    """Put pydantic and what it needs into `site`, as the build does for a project in `folder`."""
    (folder / "src").mkdir()
    (folder / "src/main.py").touch()
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "ring2"\nversion = "0"\nrequires-python = ">=3.12"\n'
        'dependencies = ["worker[pydantic]"]\n'
    )
    for package in resolve.resolve(project.load(folder)).packages:
        if package.name.startswith("worker"):
            continue
        for file in package.files:
            target = site / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.path.read_bytes())
