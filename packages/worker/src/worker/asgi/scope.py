"""What an application is told about a request."""

from __future__ import annotations

from string import printable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

from worker._header_bytes import bytes_of

if TYPE_CHECKING:
    from worker.asgi.types import Scope
    from worker.context import Context
    from worker.env import Env
    from worker.request import Request

__all__ = ["make_scope"]

_HTTP: Final = {"version": "3.0", "spec_version": "2.4"}
_PORTS: Final = {"http": 80, "https": 443}
_VERSIONS: Final = {"HTTP/1.0": "1.0", "HTTP/1.1": "1.1", "HTTP/2": "2", "HTTP/3": "3"}


def make_scope(
    req: Request, env: Env, ctx: Context, root_path: str, state: dict[str, Any] | None
) -> Scope:
    """The scope of a request, or of the WebSocket that it asks for."""
    url = urlsplit(req.url)
    raw_path = _raw(req.path)
    headers = req.headers
    scope: Scope = {
        "type": "http",
        "asgi": dict(_HTTP),
        "http_version": _http_version(req),
        "method": str(req.method),
        "scheme": url.scheme,
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": raw_path,
        "query_string": _raw(req.query_string),
        "root_path": root_path,
        "headers": [(name.encode(), bytes_of(value)) for name, value in headers.multi_items()],
        "client": _client(headers.get("cf-connecting-ip")),
        "server": (url.hostname or "", url.port or _PORTS.get(url.scheme)),
        "extensions": {},
        "env": env,
        "ctx": ctx,
    }
    if state is not None:
        scope["state"] = state.copy()
    if req.method == "GET" and headers.get("upgrade", "").lower() == "websocket":
        del scope["method"]
        offered = headers.get("sec-websocket-protocol", "")
        scope["type"] = "websocket"
        scope["scheme"] = "wss" if url.scheme == "https" else "ws"
        scope["subprotocols"] = [name.strip() for name in offered.split(",") if name.strip()]
        scope["extensions"] = {"websocket.http.response": {}}
    return scope


def _raw(part: str) -> bytes:
    """A part of a URL as a client sends it: only a request made here can hold other text."""
    return (part if part.isascii() else quote(part, safe=printable)).encode()


def _client(address: str | None) -> tuple[str, int] | None:
    return None if address is None else (address, 0)


def _http_version(req: Request) -> str:
    cf = req.cf
    return _VERSIONS.get((cf.http_protocol if cf else None) or "", "1.1")
