"""Packages that come from Git: one commit, fetched once."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from worker_build.errors import BuildError
from worker_build.packages import store

__all__ = ["clone"]


def clone(url: str, commit: str, *, package: str) -> Path:
    """Return a folder with one commit of a Git repository, fetched once.

    Args:
        url: as Git takes it.
        commit: the full commit id.
        package: its name, for errors.

    Raises:
        BuildError: WB404 when Git cannot fetch it.
    """

    def fill(aside: Path) -> None:
        for args in (
            ("init", "--quiet"),
            ("fetch", "--quiet", "--depth=1", url, commit),
            ("checkout", "--quiet", "FETCH_HEAD"),
            ("submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"),
        ):
            _git(args, aside, package, url)
        (aside / ".git" / "worker-build").touch()

    key = hashlib.sha256(f"{url}\0{commit}".encode()).hexdigest()
    return store.entry(
        "git", key, whole=lambda home: (home / ".git" / "worker-build").is_file(), fill=fill
    )


def _git(args: tuple[str, ...], folder: Path, package: str, url: str) -> None:
    try:
        done = subprocess.run(
            ["git", *args],
            check=False,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
    except FileNotFoundError:
        raise BuildError(
            "WB404", f"{package} comes from Git, which is missing", fix="install git"
        ) from None
    if done.returncode != 0:
        raise BuildError(
            "WB404",
            f"{package} cannot be fetched with Git",
            url,
            "look at the network and at the repository's address and access rights",
            details=done.stderr.strip().splitlines()[-5:],
        )
