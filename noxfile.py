"""Everything a contributor runs: `uv run nox -l` is the manual."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "uv"
nox.options.sessions = ["lint", "tests"]
nox.options.reuse_existing_virtualenvs = True

PACKAGES = ("worker-sys", "worker-macros", "worker", "worker-build", "worker-sandbox")
LOCK = "requirements.lock"


def install(session: nox.Session) -> None:
    """Install what requirements.lock says, to the hash, and the workspace's packages in place."""
    session.install("--require-hashes", "-r", LOCK)
    folders = [part for name in PACKAGES for part in ("--editable", f"packages/{name}")]
    session.install("--no-deps", *folders)


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test: CPython, Pyodide under Node, and the built sandbox under Miniflare."""
    install(session)
    # One process a core; the tests of a file share what its fixtures start.
    session.run("python", "-m", "pytest", "-n", "auto", "--dist", "loadfile", *session.posargs)


@nox.session
def everything(session: nox.Session) -> None:
    """Run all on all: every check, every test, and the sandbox's tests on a `--dev` build too."""
    lint(session)
    tests(session)
    dev = ["packages/worker-sandbox", "--worker-dev", "-m", "miniflare"]
    session.run("python", "-m", "pytest", "-n", "auto", "--dist", "loadfile", *dev)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types, of Python and of JavaScript; `-- --fix` mends what can be mended."""
    install(session)
    fix = "--fix" in session.posargs
    session.run("ruff", "check", *(["--fix"] if fix else []))
    session.run("ruff", "format", *([] if fix else ["--check"]))
    session.run("pyright")
    session.run("python", "-m", "tools.check_javascript")


@nox.session
def codegen(session: nox.Session) -> None:
    """Regenerate the declarations of the Workers runtime; `-- --check` fails when they differ."""
    install(session)
    session.cd("packages/worker-sys")
    session.run("python", "-m", "codegen", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Renew requirements.lock: every dependency with its hashes, and no address."""
    session.run(
        "uv", "export", "--quiet", "--format", "requirements-txt", "--no-header",
        "--no-emit-workspace", "--all-groups", "--all-packages", "--upgrade", "--output-file", LOCK,
        external=True,
    )  # fmt: skip


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel and the sdist of every package into dist/, or into `-- FOLDER`."""
    install(session)
    session.run("python", "-m", "tools.distributions", *(session.posargs or ["dist"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure against the peers, as ratios within one run; writes benchmarks/results/."""
    install(session)
    session.run("python", "-m", "benchmarks", *session.posargs)
