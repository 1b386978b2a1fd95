"""The pytest plugin: a project is built once a session, and served to its tests by Miniflare.

    def test_hello(miniflare):
        assert miniflare.fetch("/hello").text == "hello"

It is on wherever worker-build is installed; a test that asks for no fixture of it pays nothing.
Fixtures, each of which may be overridden by one of the same name:

- `worker_project`: the project's folder; `worker_project` of pytest's configuration, else rootdir.
- `worker_build`: the build folder, built when first asked for: for release, or as
  `worker-build --dev` does with `--worker-dev`; not at all with `--worker-no-build`.
- `miniflare_options`: arguments of `Miniflare.from_project`, as a dict; empty.
- `miniflare`: the running worker; one a test module, so that each has fresh storage. Requests to
  the outside that `miniflare_options["outbound"]` does not answer are refused.

What the worker logged during a test that fails is a section of its report.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from worker_build.miniflare import Miniflare

_LOGGED = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--worker-no-build`, `--worker-dev`, and the settings of the same fixtures."""
    group = parser.getgroup("worker-build")
    group.addoption(
        "--worker-no-build",
        action="store_true",
        help="Serve the project's build folder as it is, without building first.",
    )
    group.addoption(
        "--worker-dev",
        action="store_true",
        help="Build as `worker-build --dev` does, instead of for release.",
    )
    parser.addini("worker_project", "Folder of the worker's project, from rootdir.", default=".")
    parser.addini("worker_env", "Environment of its wrangler file.", default="")


@pytest.fixture(scope="session")
def worker_project(pytestconfig: pytest.Config) -> Path:
    """Return the folder of the project under test, absolute."""
    return pytestconfig.rootpath / str(pytestconfig.getini("worker_project"))


@pytest.fixture(scope="session")
def worker_build(
    pytestconfig: pytest.Config, worker_project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Build the project, once a session and once for all workers of pytest-xdist.

    Returns:
        The build folder. A project that cannot be built fails every test that asks for it.
    """
    out = worker_project / "build"
    if pytestconfig.getoption("--worker-no-build"):
        return out

    import filelock

    from worker_build import pipeline
    from worker_build.errors import BuildError

    shared = tmp_path_factory.getbasetemp()
    if hasattr(pytestconfig, "workerinput"):  # each process of pytest-xdist has a folder in it
        shared = shared.parent
    with filelock.FileLock(shared / "worker-build.lock"):
        done = shared / "worker-build.done"
        if not done.exists():
            with _told(BuildError):
                release = not pytestconfig.getoption("--worker-dev")
                pipeline.build(worker_project, release=release, env=_env(pytestconfig), out_dir=out)
            done.touch()
    return out


@pytest.fixture(scope="module")
def miniflare_options() -> dict[str, Any]:
    """Return arguments for `Miniflare.from_project`; override it to mock or to configure."""
    return {}


@pytest.fixture(scope="module")
def miniflare(
    pytestconfig: pytest.Config,
    worker_project: Path,
    worker_build: Path,
    miniflare_options: dict[str, Any],
) -> Generator[Miniflare]:
    """Serve the built project; fresh storage for each test module."""
    from worker_build.miniflare import Miniflare, MiniflareError

    options: dict[str, Any] = {"env": _env(pytestconfig), "outbound": {}, **miniflare_options}
    with _told(FileNotFoundError, MiniflareError):
        running = Miniflare.from_project(worker_project, build=worker_build, **options)
        running.start()
    with running:
        yield running


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Remember where the worker's log stands when a test begins."""
    running = _running(item)
    if running is not None:
        item.stash[_LOGGED] = len(running.logs)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the worker logged during a test that failed."""
    report = yield
    running = _running(item)
    if running is not None and report.failed and report.when == "call":
        lines = running.logs[item.stash.get(_LOGGED, 0) :]
        text = "\n".join(f"{line.level}: {line.message}" for line in lines)
        report.sections.append(("Captured worker log", text))
    return report


def _running(item: pytest.Item) -> Miniflare | None:
    return getattr(item, "funcargs", {}).get("miniflare")


@contextlib.contextmanager
def _told(*mistakes: type[Exception]) -> Generator[None]:
    """Fail with the words of an error that its reader can mend, and without our own frames."""
    try:
        yield
    except mistakes as error:
        words = str(error)
    else:
        return
    pytest.fail(words, pytrace=False)


def _env(config: pytest.Config) -> str | None:
    return str(config.getini("worker_env")) or None
