"""A real PostgreSQL for a test: a cluster of its own in a temporary folder, on loopback."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

USER = "ana"
DATABASE = "shop"


def programs() -> Path | None:
    """The folder of the server's programs; Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).resolve().parent if there else None


def required() -> Path:
    """The same; without them a test is skipped, and in CI, which installs them, fails."""
    found = programs()
    if found is None:
        reason = "needs a PostgreSQL server: apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return found


@contextmanager
def serve() -> Iterator[str]:
    """Start a server with one database; its URL, with the password in it."""
    bin = required()
    password = secrets.token_hex(16)
    with TemporaryDirectory(prefix="postgres-") as name:
        folder, data = Path(name), Path(name) / "data"
        secret = folder / "password"
        secret.write_text(password)
        user = _unprivileged(folder, secret)
        _run(
            [
                bin / "initdb", "--pgdata", data, "--username", USER, "--pwfile", secret,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync",
            ],
            folder, user,
        )  # fmt: skip
        port = _free_port()
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        )
        control = [bin / "pg_ctl", "--pgdata", data, "--wait", "--silent"]
        _run([*control, "--options", options, "--log", folder / "log", "start"], folder, user)
        try:
            environment = {"PGPASSWORD": password}
            address = ["--host", "127.0.0.1", "--port", str(port), "--username", USER]
            _run([bin / "createdb", *address, DATABASE], folder, user, environment)
            yield f"postgres://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"
        finally:
            _run([*control, "--mode", "immediate", "stop"], folder, user)


def _unprivileged(*owned: Path) -> str | None:
    """Whom to run the server as: it refuses root."""
    if os.geteuid():
        return None
    user = next(name for name in ("postgres", "nobody") if _exists(name))
    for path in owned:
        shutil.chown(path, user)
    return user


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _run(
    command: list[str | Path],
    folder: Path,
    user: str | None,
    environment: dict[str, str] | None = None,
) -> None:
    log = folder.parent / f"{folder.name}.log"
    with log.open("w+") as out:
        # No pipe: the server, which outlives `pg_ctl`, would hold it open.
        done = subprocess.run(
            command, cwd=folder, user=user, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env={**os.environ, "LC_ALL": "C", **(environment or {})}, check=False,
        )  # fmt: skip
    told = log.read_text()
    log.unlink()
    assert done.returncode == 0, told


def _version(program: Path) -> int:
    return int(program.parts[-3])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
