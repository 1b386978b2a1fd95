"""Build, serve, and do both again whenever the project changes: what `worker-build dev` does."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from worker_build import pipeline
from worker_build import project as _project
from worker_build.errors import BuildError
from worker_build.miniflare import ConfigError, LogLine, Miniflare, MiniflareError, StartError
from worker_build.project import Project
from worker_build.report import Report

__all__ = ["DevServer", "Listener", "changes"]

_ROOT_FILES = frozenset({"pyproject.toml", "uv.lock"})
_WRANGLER_FILES = ("wrangler.", ".dev.vars", ".env")
_STATE = Path(".wrangler", "state", "v3")  # where `wrangler dev` keeps it, so that both share it


class Listener(Protocol):
    """Told what happens while serving."""

    def step(self, step: str, message: str) -> None:
        """A step of a build says what it does."""

    def built(self, report: Report) -> None:
        """A bundle is in place."""

    def serving(self, url: str) -> None:
        """The worker answers at this address."""

    def failed(self, error: BuildError) -> None:
        """A build or a start failed; what served before still does."""

    def logged(self, line: LogLine) -> None:
        """The worker wrote to its console; called in a thread of its own."""


class DevServer:
    """A project, its newest bundle, and the Miniflare that serves it on loopback.

    Args:
        path: the project's folder.
        listener: told what happens.
        release: build as for release, instead of quickly.
        env: the environment of the wrangler file.
        port: the port to serve on; None for 8787, or a free one when that is taken.
        persist: keep what is stored in `.wrangler/state` of the project, as `wrangler dev` does.

    Raises:
        BuildError: there is no project.
    """

    def __init__(
        self,
        path: Path,
        listener: Listener,
        *,
        release: bool = False,
        env: str | None = None,
        port: int | None = None,
        persist: bool = True,
    ) -> None:
        self.project = _project.load(path, env=env)
        self._listener = listener
        self._release = release
        self._env = env
        self._port = free_port(port)
        self._persist = persist
        self._miniflare: Miniflare | None = None

    def build(self) -> bool:
        """Build; a failure is told to the listener and leaves the old bundle serving."""
        with self._failures() as outcome:
            report = pipeline.build(
                self.project.root,
                release=self._release,
                env=self._env,
                progress=self._listener.step,
            )
            self._listener.built(report)
        return not outcome.failed

    def serve(self) -> bool:
        """Start the worker, or restart it with the newest bundle and wrangler file."""
        with self._failures() as outcome:
            if self._miniflare is None:
                starting = self._make()
                starting.start()
                self._miniflare = starting
            else:
                self._miniflare.reload()
            self._listener.serving(self._miniflare.url)
        return not outcome.failed

    def update(self, changed: frozenset[Path]) -> None:
        """Take changes in: a wrangler file needs a restart, everything else a build as well."""
        restart_only = all(path.name.startswith(_WRANGLER_FILES) for path in changed)
        if (restart_only and self._miniflare is not None) or self.build():
            self.serve()

    def close(self) -> None:
        """End the worker."""
        if self._miniflare is not None:
            self._miniflare.close()
            self._miniflare = None

    def _make(self) -> Miniflare:
        state: dict[str, Any] = {}
        if self._persist:
            state["defaultPersistRoot"] = self.project.root / _STATE
        build = self.project.out_dir
        if self.project.wrangler is None:
            return Miniflare(build, state, echo=self._listener.logged, port=self._port)
        return Miniflare.from_project(
            self.project.wrangler,
            self._env,
            build=build,
            echo=self._listener.logged,
            port=self._port,
            **state,
        )

    @contextmanager
    def _failures(self) -> Generator[_Outcome]:
        outcome = _Outcome()
        try:
            yield outcome
        except BuildError as error:
            outcome.failed = True
            self._listener.failed(error)
        except MiniflareError as error:
            outcome.failed = True
            self._listener.failed(as_build_error(error, self.project))


class _Outcome:
    failed = False


def as_build_error(error: MiniflareError, project: Project) -> BuildError:
    """Tell in the build's words why a worker does not start."""
    first, *details = str(error).strip().splitlines() or ["Miniflare failed"]
    where = str(project.wrangler or project.out_dir)
    match error:
        case ConfigError():
            fix = "correct the wrangler file; the text above is wrangler's own"
            return BuildError("WB106", first.rstrip(":."), where, fix, details=details)
        case StartError():
            what = "the worker does not start"
            fix = "see what the runtime said above"
        case _:
            what = "Miniflare failed"
            fix = "try again; `worker-build doctor` checks the toolchain"
    return BuildError("WB305", what, where, fix, details=[first, *details])


def free_port(wanted: int | None) -> int:
    """Return the port to serve on.

    Args:
        wanted: 1 to 65535, which must be free; 0 for any; None for 8787 or any when it is taken.

    Raises:
        BuildError: WB305, the wanted port is taken.
    """
    if wanted == 0:
        return 0
    port = 8787 if wanted is None else wanted
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if wanted is None:
                return 0
            raise BuildError(
                "WB305",
                f"port {port} cannot be used: {error.strerror}",
                f"127.0.0.1:{port}",
                "choose another with --port, or leave it out for a free one",
            ) from error
    return port


@contextmanager
def changes(project: Project) -> Generator[Callable[[], frozenset[Path]]]:
    """Watch a project's sources and its files that matter to a build.

    Yields:
        a function that waits for the next change, and returns the paths that changed.
    """
    found: queue.SimpleQueue[frozenset[Path]] = queue.SimpleQueue()
    stop = threading.Event()
    watchers = [
        threading.Thread(target=_watch, args=(found, stop, folders, recursive), daemon=True)
        for folders, recursive in ((project.src, True), ((project.root,), False))
    ]
    for watcher in watchers:
        watcher.start()

    def wait() -> frozenset[Path]:
        return found.get()

    try:
        yield wait
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join(5)


def _watch(
    found: queue.SimpleQueue[frozenset[Path]],
    stop: threading.Event,
    folders: tuple[Path, ...],
    recursive: bool,
) -> None:
    import watchfiles

    # A watch on the root sees everything beside the sources: only some files there matter.
    keep = watchfiles.DefaultFilter() if recursive else _matters
    for batch in watchfiles.watch(
        *folders, watch_filter=keep, stop_event=stop, recursive=recursive, rust_timeout=500
    ):
        found.put(frozenset(Path(path) for _, path in batch))


def _matters(_change: object, path: str) -> bool:
    name = Path(path).name
    return name in _ROOT_FILES or name.startswith(_WRANGLER_FILES)
