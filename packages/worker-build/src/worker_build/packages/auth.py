"""Credentials of private indexes, found where uv finds them."""

from __future__ import annotations

import base64
import netrc
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from worker_build.packages import uv

__all__ = ["header", "public", "split"]


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


def header(url: str) -> str | None:
    """Return the `Authorization` header for an address, or None when nobody knows one.

    Looked for, in this order: indexes with a password in `UV_INDEX`, `UV_DEFAULT_INDEX` and their
    older names; netrc; the store of `uv auth login`.
    """
    parts = urlsplit(url)
    return _from_indexes(parts) or _from_netrc(parts) or _from_uv(parts)


def _from_indexes(wanted: SplitResult) -> str | None:
    names = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")
    for value in " ".join(os.environ.get(name, "") for name in names).split():
        # An index may be written `name=https://…`.
        address = urlsplit(re.sub(r"^[\w.-]+=(?=\w+:)", "", value))
        if address.hostname == wanted.hostname and address.username is not None:
            return _basic(unquote(address.username), unquote(address.password or ""))
    return None


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
