"""HTTP responses: those a handler returns, and those that were fetched.

Source: workers-rs `Response`, `ResponseBuilder`;
https://developers.cloudflare.com/workers/runtime-apis/response/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, final

from worker_sys import calls, convert, js

from worker import _heads
from worker._hints import BYTES, require, unfit
from worker._jsontext import to_json
from worker._status import NULL_BODY, checked, of_error, of_redirect
from worker.body import Body, BodySource, EncodeBody, Message
from worker.errors import Error
from worker.headers import Headers, HeadersLike

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable, Mapping

    from worker.cookies import Cookie
    from worker.cors import Cors
    from worker.streams import ByteStream
    from worker.websocket import WebSocket

__all__ = ["Response"]


@final
class Response(Message):
    """An answer. Handlers return one; `fetch` gives one.

    One that was fetched is read on demand, and handed on unchanged when the handler returns it: its
    bytes never enter Python. Text and bytes may be read any number of times, a stream once.

    Args:
        body: text, bytes, a form, a file, a stream or an iterable of chunks. Nothing sets a content
            type but a form and a typed blob: see `ok`, `from_html`, `from_json`, `from_bytes`.
        status: 200 to 599; 101 with a WebSocket.
        headers: names and values.
        encode_body: `manual` when the body is compressed already.
        cf: an object for the platform, as in `cf` of JavaScript's ResponseInit.
        websocket: the client's end of a `WebSocketPair`.

    Raises:
        StatusCodeError: the status is out of range, or may have no body and there is one.
        TypeError: the value can be no body.

    Source: workers-rs `Response`.
    """

    __slots__ = (
        "_body",
        "_cf",
        "_encode_body",
        "_flat",
        "_headers",
        "_js",
        "_status",
        "_websocket",
    )

    def __init__(
        self,
        body: BodySource = None,
        *,
        status: int = 200,
        headers: HeadersLike | None = None,
        encode_body: EncodeBody | str | None = None,
        cf: Mapping[str, Any] | None = None,
        websocket: WebSocket | None = None,
    ) -> None:
        made = Body.of(body)
        if websocket is None:
            checked(status, made)
        self._set(made, status, "")
        self._headers = None if headers is None else Headers(headers)
        if made.kind is not None and "content-type" not in self.headers:
            self.headers["content-type"] = made.kind
        self._cf = cf
        self._websocket = websocket
        self._encode_body = None if encode_body is None else EncodeBody(encode_body)

    def _set(self, body: Body, status: int, flat: str) -> None:
        self._body = body
        self._status = status
        self._flat = flat
        self._headers = self._js = self._cf = self._websocket = self._encode_body = None

    @classmethod
    def _made(cls, body: Body, status: int, flat: str) -> Response:
        if status != 200:
            checked(status, body)
        response = object.__new__(cls)
        response._set(body, status, flat)
        return response

    @classmethod
    def _from_js(cls, js_response: Any) -> Response:
        """Wrap a JavaScript Response."""
        response = object.__new__(cls)
        response._set(Body(owner=js_response), js_response.status, "")
        response._js = js_response
        return response

    @classmethod
    def ok(cls, body: str) -> Response:
        """Text, status 200, `text/plain; charset=utf-8`.

        Raises:
            TypeError: the body is no text: see `from_bytes`, `from_json`.
        """
        if not isinstance(body, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            hint = "For bytes there is Response.from_bytes, for other values Response.from_json."
            raise unfit("Response.ok takes text", body, hint=hint)
        return cls._made(Body(body), 200, _heads.TEXT)

    @classmethod
    def error(cls, message: str, status: int) -> Response:
        """Text with an error status, and no content type.

        Raises:
            StatusCodeError: the status is outside 400 to 599.
        """
        return cls._made(Body(str(message)), of_error(status), "")

    @classmethod
    def from_json(cls, value: Any, *, status: int = 200) -> Response:
        """A value as compact JSON, `application/json`.

        Args:
            value: what JSON has; also dataclasses, pydantic models, enums, dates, UUIDs, decimals.
            status: the status.

        Raises:
            JsonError: the value has no JSON form.
        """
        return cls._made(Body(to_json(value)), status, _heads.JSON)

    @classmethod
    def from_html(cls, html: str, *, status: int = 200) -> Response:
        """HTML text, `text/html; charset=utf-8`."""
        require(str, html, "Response.from_html takes text")
        return cls._made(Body(html), status, _heads.HTML)

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview, *, status: int = 200) -> Response:
        """Bytes, `application/octet-stream`."""
        hint = "For text there is Response.ok."
        require(BYTES, data, "Response.from_bytes takes bytes", hint=hint)
        return cls._made(Body(bytes(data)), status, _heads.BYTES)

    @classmethod
    def from_stream(
        cls,
        stream: ByteStream | AsyncIterable[bytes | str] | Iterable[bytes | str],
        *,
        status: int = 200,
    ) -> Response:
        """Chunks, each sent when it is there; no content type.

        A generator is asked for its next chunk when the client has room for it, and closed when the
        client goes away.
        """
        return cls._made(Body.of(stream), status, "")

    @classmethod
    def from_websocket(cls, websocket: WebSocket) -> Response:
        """The answer to a WebSocket upgrade: the client's end of a pair, status 101."""
        return cls(None, status=101, websocket=websocket)

    @classmethod
    def from_body(cls, body: BodySource) -> Response:
        """Any body, status 200, no content type."""
        return cls(body)

    @classmethod
    def empty(cls, *, status: int = 200) -> Response:
        """No body and no content type."""
        return cls._made(Body(), status, "")

    @classmethod
    def redirect(cls, url: str, status: int = 302) -> Response:
        """Send the client to another URL.

        Raises:
            StatusCodeError: the status is outside 300 to 399.
        """
        return cls._made(Body(), of_redirect(status), "").with_header("location", url)

    @property
    def status(self) -> int:
        """The status code."""
        return self._status

    @property
    def headers(self) -> Headers:
        """The headers; read-only on a response that was fetched: see `with_header`."""
        if self._headers is None:
            if self._js is not None:
                self._headers = Headers._from_js(self._js.headers)
            else:
                self._headers = Headers._from_flat(
                    self._flat.split("\n") if self._flat else (), immutable=False
                )
        return self._headers

    @property
    def encode_body(self) -> EncodeBody:
        """Who applies `Content-Encoding`."""
        return self._encode_body or EncodeBody.AUTOMATIC

    @property
    def cf(self) -> Any:
        """The platform's object of a fetched response, or what `with_cf` set; else None."""
        if self._cf is None and self._js is not None:
            self._cf = convert.to_py(getattr(self._js, "cf", None))
        return self._cf

    @property
    def websocket(self) -> WebSocket | None:
        """The WebSocket of a fetched 101 response, or the one to answer with."""
        if self._websocket is None and self._js is not None:
            found = convert.to_py(getattr(self._js, "webSocket", None))
            if found is not None:
                from worker.websocket import WebSocket

                self._websocket = WebSocket._from_js(found)
        return self._websocket

    @property
    def url(self) -> str | None:
        """Where a fetched response came from, after redirects; None on responses made here."""
        return None if self._js is None else str(self._js.url) or None

    @property
    def redirected(self) -> bool:
        """Whether a fetched response came after a redirect."""
        return self._js is not None and bool(self._js.redirected)

    @property
    def status_text(self) -> str:
        """The reason phrase of a fetched response; empty on responses made here."""
        return "" if self._js is None else str(self._js.statusText)

    @property
    def _content(self) -> Body:
        return self._body

    def _content_type(self) -> str | None:
        return self.headers.get("content-type")

    @property
    def body(self) -> str | bytes | ByteStream | None:
        """The body itself: text or bytes as given, else a stream; None when there is none."""
        if self._body.data is not None:
            return self._body.data
        return self._body.open()

    def with_status(self, status: int) -> Self:
        """Change the status; returns this response, as all `with_…` do.

        Raises:
            StatusCodeError: the status is outside 200 to 599, or has no body and there is one.
        """
        self._own()
        self._status = checked(status, self._body)
        return self

    def with_headers(self, headers: HeadersLike) -> Self:
        """Replace all headers."""
        self._own()
        self._headers = Headers(headers)
        return self

    def with_header(self, name: str, value: str) -> Self:
        """Set one header, in place of all its values.

        Raises:
            HeaderError: the name or the value may not be sent.
        """
        self._own()
        self.headers[name] = value
        return self

    def with_cookie(self, cookie: Cookie) -> Self:
        """Add one `Set-Cookie` header."""
        self._own()
        self.headers.append("set-cookie", str(cookie))
        return self

    def with_cors(self, cors: Cors, *, origin: str | None = None) -> Self:
        """Set the headers that tell a browser who may read the answer.

        Args:
            cors: the rules.
            origin: the request's `Origin` header; needed when the rules name several origins.
        """
        self._own()
        cors.apply_headers(self.headers, origin=origin)
        return self

    def with_websocket(self, websocket: WebSocket | None) -> Self:
        """Set or remove the WebSocket to answer with; see `from_websocket`."""
        self._own()
        self._websocket = websocket
        return self

    def with_encode_body(self, encode_body: EncodeBody | str) -> Self:
        """Say whether the body is compressed already (`manual`)."""
        self._own()
        self._encode_body = EncodeBody(encode_body)
        return self

    def with_cf(self, cf: Mapping[str, Any] | None) -> Self:
        """Set the platform's object.

        Raises:
            TypeError: it is no mapping.
        """
        if cf is not None and not hasattr(cf, "keys"):
            raise TypeError("cf must be an object")
        self._own()
        self._cf = cf
        return self

    def _own(self) -> None:
        """Make a fetched response one of ours, which may be changed; its body is not touched."""
        if self._js is None:
            return
        self._headers = self.headers.copy()
        self._cf, self._websocket = self.cf, self.websocket
        self._js = None

    def cloned(self) -> Response:
        """The same response a second time; a stream is split in two.

        Raises:
            Error: it holds a WebSocket.
            BodyUsedError: the body has already been read.
        """
        if self.websocket is not None:
            raise Error("WebSockets cannot be cloned")
        if self._js is not None:
            self._body.refuse_used()
            twin = Response._from_js(calls.call(self._js, "clone"))
        else:
            twin = Response._made(self._body.copy(), self._status, "")
            twin._headers = self.headers.copy()
        twin._cf, twin._encode_body = self._cf, self._encode_body
        return twin

    @property
    def js(self) -> Any:
        """The JavaScript `Response`. The body goes with it: afterwards it is read there."""
        if self._js is None:
            made = self._to_js()
            self._own_js(made)
        return self._js

    def _own_js(self, made: Any) -> None:
        status, cf, websocket, encode = self._status, self._cf, self._websocket, self._encode_body
        self._set(Body(owner=made), status, "")
        self._js, self._cf, self._websocket, self._encode_body = made, cf, websocket, encode

    def _to_js(self) -> Any:
        """The JavaScript Response, in one crossing; the body counts as read here."""
        if self._js is not None:
            self._body.used = True
            return self._js
        body = self._body.take(to_client=True)
        if self._status in NULL_BODY and isinstance(body, str | bytes) and not body:
            body = None
        flat = self._flat_headers()
        if self._cf is None and self._websocket is None and self._encode_body is None:
            return calls.call(js.runtime, "respond", self._status, flat, body)
        encode = None if self._encode_body is None else self._encode_body.value
        websocket = None if self._websocket is None else self._websocket.js
        options = convert.options(cf=self._cf, encodeBody=encode, webSocket=websocket)
        return calls.call(js.runtime, "respond", self._status, flat, body, options)

    def _crossing(self) -> Any:
        """What the shim is given: `(status, headers, body)` where that is all, else `_to_js`."""
        body: Any = self._body.data
        # Text of other alphabets may hold half of a surrogate pair, which the gate refuses.
        simple = type(body) is bytes or (isinstance(body, str) and body.isascii())
        special = (self._js, self._cf, self._websocket, self._encode_body) != (None,) * 4
        if not simple or special or self._status in NULL_BODY:
            return self._to_js()
        return self._status, self._flat_headers(), body

    def _flat_headers(self) -> str:
        return self._flat if self._headers is None else "\n".join(self._headers._flat())

    def __repr__(self) -> str:
        return f"<Response {self._status}>"
