"""Credentials of private indexes, found where uv finds them."""

from __future__ import annotations

import base64
import netrc
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from worker_build.packages import uv

__all__ = ["header", "public", "split"]

_PORTS = {"http": 80, "https": 443}
_LISTS = frozenset({"simple", "+simple"})


def split(url: str) -> tuple[str, str | None]:
    """Return an address without its user and password, and the header that stands for them."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, None
    return public(url), _basic(unquote(parts.username), unquote(parts.password or ""))


def public(url: str) -> str:
    """Return an address without user and password: what may be shown."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def header(url: str, root: Path | None = None) -> str | None:
    """Return the `Authorization` header for an address, or None when nobody knows one.

    Looked for, in this order: indexes in `UV_INDEX`, `UV_DEFAULT_INDEX` and their older names, then
    those that uv's configuration names, each with the password in its address or in
    `UV_INDEX_NAME_USERNAME` and `UV_INDEX_NAME_PASSWORD`; netrc; the store of `uv auth login`. An
    index's password goes to its own scheme, host and port alone, and where several are there, to
    what lies below its path.

    Args:
        url: what is asked for.
        root: the project's folder, where uv's configuration begins.
    """
    parts = urlsplit(url)
    return _from_indexes(parts, root) or _from_netrc(parts) or _from_uv(parts)


def _from_indexes(wanted: SplitResult, root: Path | None) -> str | None:
    """As uv has it: of the index that an address is below, else of any on the same server."""
    found: list[tuple[int, str]] = []
    for name, index in (*_in_environment(), *_in_files(root)):
        address = urlsplit(index)
        if _server(address) != _server(wanted):
            continue
        variable = f"UV_INDEX_{re.sub(r'[^A-Z0-9]', '_', name.upper())}"
        user = os.environ.get(f"{variable}_USERNAME", unquote(address.username or ""))
        password = os.environ.get(f"{variable}_PASSWORD", unquote(address.password or ""))
        if user or password:
            found.append((_depth(address, wanted), _basic(user, password)))
    return max(found, key=lambda each: each[0])[1] if found else None


def _server(address: SplitResult) -> tuple[str, str | None, int | None]:
    """What must be the same for a password to be sent."""
    return address.scheme, address.hostname, address.port or _PORTS.get(address.scheme)


def _depth(index: SplitResult, wanted: SplitResult) -> int:
    """How many folders of an index an address is below, or 0.

    The files of an index may lie beside its list of packages, which is `simple` then.
    """
    folders = [part for part in index.path.split("/") if part]
    if folders and folders[-1] in _LISTS:
        folders.pop()
    path = [part for part in wanted.path.split("/") if part]
    return len(folders) if path[: len(folders)] == folders else 0


def _in_environment() -> Iterator[tuple[str, str]]:
    """The indexes of variables: name, or nothing, and address."""
    names = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")
    for value in " ".join(os.environ.get(name, "") for name in names).split():
        # An index may be written `name=https://…`.
        named = re.match(r"([\w.-]+)=(?=\w+:)", value)
        yield (named[1], value[named.end() :]) if named else ("", value)


def _in_files(root: Path | None) -> Iterator[tuple[str, str]]:
    """The indexes of uv's configuration: of the project and the folders above, user and system."""
    folders = () if root is None else (root, *root.parents)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files = [folder / name for folder in folders for name in ("uv.toml", "pyproject.toml")]
    files += [home / "uv" / "uv.toml", Path("/etc/uv/uv.toml")]
    for file in files:
        try:
            found = tomllib.loads(file.read_text("utf-8"))
            if file.name == "pyproject.toml":
                found = found["tool"]["uv"]
            yield from [(each.get("name", ""), each["url"]) for each in found["index"]]
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue  # what is wrong in them, uv has told


def _from_netrc(wanted: SplitResult) -> str | None:
    file = os.environ.get("NETRC") or Path.home() / ".netrc"
    try:
        found = netrc.netrc(file).authenticators(wanted.hostname or "")
    except (OSError, netrc.NetrcParseError):
        return None
    return _basic(found[0], found[2]) if found else None


def _from_uv(wanted: SplitResult) -> str | None:
    service = f"{wanted.scheme}://{wanted.netloc}"
    done = subprocess.run(
        [uv.binary(), "auth", "token", service],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )
    token = done.stdout.strip()
    return _basic("__token__", token) if done.returncode == 0 and token else None


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
