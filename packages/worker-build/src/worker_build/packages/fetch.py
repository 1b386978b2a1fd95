"""Files of packages, by address and hash: downloaded once, then taken from the cache."""

from __future__ import annotations

import http.client
import shutil
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from worker_build.errors import BuildError
from worker_build.packages import auth, store

__all__ = ["fetch", "opened"]

_ATTEMPTS = 3
_TIMEOUT = 60
_TROUBLE = (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException)
_AGENT = "worker-build (+https://developers.cloudflare.com/workers/)"


class Answer(Protocol):
    """What an opened address is: bytes to read once, and headers."""

    headers: Message[str, str]

    def read(self, amount: int = -1, /) -> bytes: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *args: object) -> None: ...


def fetch(url: str, sha256: str, *, package: str, root: Path | None = None) -> Path:
    """Return the file at an address, checked against its hash.

    Proxies and certificates are those of the environment (`HTTPS_PROXY`, `SSL_CERT_FILE`, …),
    credentials those that uv uses: in the address, in the environment, in its configuration, in
    netrc, in uv's store.

    Args:
        url: `https:`, `http:` or `file:`.
        sha256: of the content, in hexadecimal.
        package: its name and version, for errors.
        root: the project's folder: private indexes are configured there.

    Raises:
        BuildError: WB404 when it cannot be had, WB405 when it is not what the hash says.
    """
    name = unquote(urlsplit(url).path.rpartition("/")[2])

    def whole(home: Path) -> bool:
        return (home / name).is_file() and store.sha256(home / name) == sha256

    def fill(aside: Path) -> None:
        _download(url, aside / name, package, root)
        found = store.sha256(aside / name)
        if found != sha256:
            raise BuildError(
                "WB405",
                f"{package}: the file at its address is not the one that was locked",
                auth.public(url),
                "if the index replaced the file, lock again with `uv lock --refresh`; "
                "otherwise something on the way changed it",
                details=(f"expected sha256 {sha256}", f"   found sha256 {found}"),
            )

    return store.entry("wheels", sha256, whole=whole, fill=fill) / name


def opened(url: str, *, accept: str = "*/*", root: Path | None = None) -> Answer:
    """Open an address for reading; a refusal is tried again with the credentials that uv has.

    Raises:
        OSError: it cannot be read (`urllib.error.HTTPError` is one).
    """
    address, header = auth.split(url)
    try:
        return _open(address, accept, header)
    except urllib.error.HTTPError as error:
        error.close()
        header = None if header else auth.header(address, root)
        if error.code not in {401, 403, 404} or header is None:
            raise
    try:
        return _open(address, accept, header)
    except urllib.error.HTTPError as error:
        error.close()
        raise


def _open(url: str, accept: str, authorization: str | None) -> Answer:
    headers = {"Accept": accept, "User-Agent": _AGENT}
    # A local index is a `file:` address; what comes from any of them is checked by its hash.
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    if authorization:
        # Unredirected: a registry that answers from a file server must not hand it our password.
        request.add_unredirected_header("Authorization", authorization)
    return urllib.request.urlopen(request, timeout=_TIMEOUT)  # noqa: S310


def _download(url: str, target: Path, package: str, root: Path | None) -> None:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _copy(url, target, root)
        except _TROUBLE as trouble:
            if _is_final(trouble) or attempt == _ATTEMPTS:
                raise BuildError(
                    "WB404",
                    f"{package} cannot be downloaded: {getattr(trouble, 'reason', trouble)}",
                    auth.public(url),
                    "look at the network, the proxy and the credentials of the index; once "
                    "downloaded, a package is taken from the cache",
                ) from None
            time.sleep(0.5 * 4 ** (attempt - 1))
        else:
            return


def _copy(url: str, target: Path, root: Path | None) -> None:
    with opened(url, root=root) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
        promised = int(source.headers.get("Content-Length") or file.tell())
        if file.tell() != promised:
            raise ConnectionError(f"it ended after {file.tell()} of {promised} bytes")


def _is_final(trouble: Exception) -> bool:
    """Whether asking again cannot help."""
    if isinstance(trouble, urllib.error.HTTPError):
        return trouble.code < 500 and trouble.code != 429
    return isinstance(getattr(trouble, "reason", None), FileNotFoundError)
