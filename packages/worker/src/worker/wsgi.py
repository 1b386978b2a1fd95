"""WSGI applications (Flask, Django, Bottle, …) as fetch handlers.

    site = Flask(__name__)
    fetch = event.fetch(wsgi.app(site))

Source: PEP 3333 (no counterpart in workers-rs)
"""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from worker_sys import aio

from worker._header_bytes import bytes_of, headers_of
from worker._status import NULL_BODY
from worker.body import Body, EncodeBody
from worker.errors import Error, HeaderError
from worker.response import Response

if TYPE_CHECKING:
    from worker.context import Context
    from worker.env import Env
    from worker.headers import Headers
    from worker.request import Request
    from worker.streams import ByteStream

__all__ = ["app"]

T = TypeVar("T")

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PORTS: Final = {"http": "80", "https": "443"}


def app(
    application: Application, *, script_name: str = ""
) -> Callable[[Request, Env, Context], Awaitable[Response]]:
    """A fetch handler that answers with a WSGI application.

    The application may use `run_sync`; while it waits, other requests go on. The request's body is
    read from the client as the application reads it, and the response is sent as it is made.

    The environ holds the worker's own objects as `worker.request`, `worker.env` and `worker.ctx`.

    Args:
        application: a WSGI application.
        script_name: the prefix of the path that the application is mounted at.

    Returns:
        `async def fetch(req, env, ctx)`.
    """

    async def fetch(req: Request, env: Env, ctx: Context) -> Response:
        environ = make_environ(req, script_name)
        environ |= {"worker.request": req, "worker.env": env, "worker.ctx": ctx}
        return await _Call(application, environ).answer()

    return fetch


def make_environ(req: Request, script_name: str = "") -> dict[str, Any]:
    """The environ of a request, as PEP 3333 describes it."""
    url = urlsplit(req.url)
    path = unquote_to_bytes(req.path).decode("latin-1")
    if script_name and (path + "/").startswith(script_name + "/"):
        path = path[len(script_name) :]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": str(req.method),
        "SCRIPT_NAME": script_name,
        "PATH_INFO": path,
        "QUERY_STRING": req.query_string,
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or _PORTS.get(url.scheme, "")),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": req.headers.get("cf-connecting-ip", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BufferedReader(_Input(req)),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in req.headers.items():
        key = name.upper().replace("-", "_")
        # The PEP wants a character for each byte.
        raw = bytes_of(value).decode("latin-1")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = raw
    return environ


class _Input(io.RawIOBase):
    """The request's body, read from the client when it is asked for."""

    def __init__(self, req: Request) -> None:
        self._req = req
        self._stream: ByteStream | None = None
        self._rest = b""
        self._opened = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._rest:
            chunk = self._next()
            if chunk is None:
                return 0
            self._rest = chunk
        view = memoryview(buffer)
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def _next(self) -> bytes | None:
        if not self._opened:
            self._opened = True
            self._stream = self._req._content.open()
        return None if self._stream is None else aio.run_sync(self._stream.read())


class _Call:
    """One call of the application."""

    def __init__(self, application: Application, environ: dict[str, Any]) -> None:
        self._application = application
        self._environ = environ
        self._head: tuple[int, Headers] | None = None
        self._written: list[bytes] = []
        self._sent = False
        # One context for every step: a framework finds there what its first step left.
        self._context = copy_context()

    async def _blocking(self, function: Callable[..., T], *arguments: Any) -> T:
        run: Any = self._context.run
        return await aio.run_blocking(run, function, *arguments)

    async def answer(self) -> Response:
        chunks, first = await self._blocking(self._begin)
        if self._head is None:
            raise Error("the application did not call start_response")
        self._sent = True
        status, headers = self._head
        # An application that names an encoding has applied it: the platform must not do it again.
        encoding = EncodeBody.MANUAL if "content-encoding" in headers else None
        response = Response(status=status, encode_body=encoding)
        response._headers = headers
        source: Any
        if isinstance(chunks, list):
            source = b"".join([*self._written, *first, *chunks])
        else:
            source = self._rest(chunks, [*self._written, *first])
        if status in NULL_BODY:
            await self._blocking(_close, chunks)
            source = None
        response._body = Body.of(source)
        return response

    def _begin(self) -> tuple[list[bytes] | _Iteration, list[bytes]]:
        """Call the application, and get as far as its head: a generator gives it with a chunk."""
        chunks = self._application(self._environ, self._start_response)
        if isinstance(chunks, list | tuple):
            return list(chunks), []
        iterator = iter(chunks)
        first: list[bytes] = []
        while self._head is None or not first:
            chunk = next(iterator, None)
            if chunk is None:
                break
            first.append(chunk)
        if self._is_whole(first):
            _close(chunks)
            return [], first
        return _Iteration(iterator, chunks), first

    def _is_whole(self, chunks: list[bytes]) -> bool:
        """Whether these are all that `Content-Length` announces."""
        headers = None if self._head is None else self._head[1]
        return headers is not None and headers.get("content-length") == str(sum(map(len, chunks)))

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if self._head is not None and exc_info is None:
            raise Error("the application called start_response twice")
        if exc_info is not None and self._sent:
            raise exc_info[1].with_traceback(exc_info[2])
        try:
            lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        except UnicodeEncodeError as error:
            raise HeaderError("a header of the application has a character above U+00FF") from error
        self._head = int(status.split(" ", 1)[0]), headers_of(lines)
        return self._written.append

    async def _rest(self, chunks: _Iteration, first: list[bytes]) -> AsyncGenerator[bytes]:
        try:
            for chunk in first:
                yield chunk
            while True:
                chunk: bytes | None = await self._blocking(chunks.next)
                if chunk is None:
                    return
                yield chunk
        finally:
            await self._blocking(_close, chunks)


class _Iteration:
    """What the application returned, begun."""

    __slots__ = ("iterator", "returned")

    def __init__(self, iterator: Any, returned: Any) -> None:
        self.iterator = iterator
        self.returned = returned

    def next(self) -> bytes | None:
        """The next chunk; None at the end."""
        return next(self.iterator, None)

    def close(self) -> None:
        """As PEP 3333 asks for, however the response ends."""
        _close(self.returned)


def _close(chunks: Any) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
