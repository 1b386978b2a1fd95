"""HTTP requests: those that come in, and those to send.

Source: workers-rs `Request`; https://developers.cloudflare.com/workers/runtime-apis/request/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast, final, overload
from urllib.parse import parse_qsl

from worker_sys import calls, convert, js

from worker.body import Body, BodySource, Message
from worker.cf import Cf
from worker.errors import BodyUsedError, JsError, UrlError
from worker.headers import Headers, HeadersLike
from worker.method import Method

if TYPE_CHECKING:
    from typing_extensions import TypeForm
    from worker_sys.aio import Event

    from worker.abort import AbortSignal
    from worker.cookies import Cookies
    from worker.request_init import CacheMode, CfProperties, RequestRedirect

__all__ = ["Request"]

T = TypeVar("T")

_KNOWN: Final[dict[str, Method]] = {method.value: method for method in Method}


@final
class Request(Message):
    """A request. The handler is given one; `Request(url, …)` makes one to `fetch`.

    One that came in is read on demand: its headers, `cf` and body stay in JavaScript until asked
    for, and its headers are read-only.

    Args:
        url: an absolute `http:` or `https:` URL.
        method: any HTTP method; GET when not given, POST when there is a body or `json`.
        headers: names and values.
        body: text, bytes, a form, a file, a stream or an iterable of chunks.
        json: a value to send as JSON, in place of `body`.
        redirect: `follow` (the default), `manual` or `error`.
        cache: how the cache in front of the origin is used.
        cf: Cloudflare's own options; only what was set is sent.
        signal: gives the request up when it is aborted.
        integrity: the hash that the response must have.
        encode_response_body: `manual` when a compressed body should be handed on as it is.

    Raises:
        UrlError: the URL is not absolute.
        ValueError: the method is not an HTTP token, or a GET or HEAD request has a body.

    Source: workers-rs `Request`, `RequestInit`.
    """

    __slots__ = (
        "_body",
        "_cf",
        "_event",
        "_headers",
        "_init",
        "_js",
        "_path",
        "_query",
        "method",
        "url",
    )

    _WITHOUT_BODY = "no body for request"
    _STATUS = 400

    def __init__(
        self,
        url: str,
        *,
        method: Method | str | None = None,
        headers: HeadersLike | None = None,
        body: BodySource = None,
        json: Any = None,
        redirect: RequestRedirect | Literal["error", "follow", "manual"] | None = None,
        cache: CacheMode | Literal["no-store", "no-cache", "reload"] | None = None,
        cf: CfProperties | Mapping[str, Any] | None = None,
        signal: AbortSignal | None = None,
        integrity: str | None = None,
        encode_response_body: Literal["automatic", "manual"] | None = None,
    ) -> None:
        self._event: Event | None = None
        self._js: Any = None
        self._cf: Any = cf
        self._path: str | None = None
        self._query = ""
        self.url = _checked(url)
        self._headers: Headers | None = Headers(headers)
        self._body: Body | None = self._make_body(body, json)
        self._init: dict[str, Any] | None = {
            "redirect": redirect,
            "cache": cache,
            "signal": signal,
            "integrity": integrity,
            "encodeResponseBody": encode_response_body,
        }
        self.method: Method | str = Method.of(method or ("GET" if self._body.empty else "POST"))
        """The method: a `Method`, or the text itself when it is none of those."""
        if not self._body.empty and self.method in {"GET", "HEAD"}:
            raise ValueError(f"a {self.method} request cannot have a body")

    @classmethod
    def _from_event(cls, event: Event, method: str, url: str) -> Request:
        """The request of an event; `event.js.request` is read only on demand."""
        request = cls._incoming(method, url)
        request._event = event
        return request

    @classmethod
    def _from_js(cls, js_request: Any) -> Request:
        """Wrap a JavaScript Request."""
        request = cls._incoming(js_request.method, js_request.url)
        request._js = js_request
        return request

    @classmethod
    def _incoming(cls, method: str, url: str) -> Request:
        request = object.__new__(cls)
        request._event = request._js = request._cf = request._headers = request._body = None
        request._path = None
        request._init = None
        request.url = url
        request.method = _KNOWN.get(method, method)
        return request

    def _make_body(self, body: BodySource, json: Any) -> Body:
        if json is not None:
            if body is not None:
                raise TypeError("give a request either `body` or `json`")
            from worker._jsontext import to_json

            made = Body(to_json(json), kind="application/json", once=True)
        else:
            made = Body.of(body, once=True)
        if made.kind is not None and "content-type" not in self.headers:
            self.headers["content-type"] = made.kind
        return made

    @property
    def js(self) -> Any:
        """The JavaScript `Request`. The body of a request made here goes with it."""
        if self._js is None:
            self._js = self._to_js() if self._event is None else self._event.js.request
        return self._js

    def _to_js(self) -> Any:
        """A JavaScript Request for somebody who sends it: its body counts as read here.

        Raises:
            BodyUsedError: the body has already been read, or sent.
        """
        if self._init is None or self._js is not None:
            if self.js.bodyUsed:
                raise BodyUsedError
            content = self._content
            content.used = content.used or not content.empty
            return self.js
        from worker.request_init import plain

        given = {name: value for name, value in self._init.items() if value is not None}
        signal = given.pop("signal", None)
        if signal is not None:
            given["signal"] = signal.js
        if self._cf is not None and (cf := plain(self._cf)):
            given["cf"] = cf
        body = self._content.take()
        if body is not None:
            given["body"] = body
        options = convert.options(method=str(self.method), **given)
        flat = "\n".join(self.headers._flat())
        try:
            self._js = calls.call(js.runtime, "request", self.url, options, flat)
        except JsError as error:
            refused = UrlError("invalid URL or options for Request")
            refused.add_note(f"The platform says: {error.message}")
            raise refused from error
        return self._js

    @property
    def _content(self) -> Body:
        if self._body is None:
            self._body = Body(owner=self.js, once=True)
        return self._body

    def _content_type(self) -> str | None:
        return self.headers.get("content-type")

    @property
    def headers(self) -> Headers:
        """The headers; read-only on a request that came in (`req.headers.copy()` is not)."""
        if self._headers is None:
            event = self._event
            self._headers = (
                Headers._from_js(self.js.headers) if event is None else Headers._from_event(event)
            )
        return self._headers

    @property
    def cookies(self) -> Cookies:
        """The cookies of the `Cookie` header."""
        from worker.cookies import Cookies

        return Cookies(self.headers.get("cookie"))

    @property
    def path(self) -> str:
        """The path of the URL as it was sent: `/a%20b`, never decoded, without the query."""
        if self._path is None:
            self._cut_url()
        return cast("str", self._path)

    @property
    def query_string(self) -> str:
        """What follows the `?` of the URL, as it was sent; empty when there is none."""
        if self._path is None:
            self._cut_url()
        return self._query

    def _cut_url(self) -> None:
        url, _, _ = self.url.partition("#")
        rest, _, self._query = url.partition("?")
        start = rest.find("/", rest.find("://") + 3)
        self._path = "/" if start < 0 else rest[start:]

    @overload
    def query(self, /) -> dict[str, str]: ...
    @overload
    def query(self, type: TypeForm[T], /) -> T: ...
    def query(self, type: Any = None, /) -> Any:
        """The query of the URL, decoded.

        Args:
            type: what it should be: a pydantic model, a dataclass or a `TypedDict`. A field that is
                a list collects every value of its name.

        Returns:
            Without a type, a dict with the last value of each name; `query_pairs()` has them all.

        Raises:
            ValidationError: the query is not of that type; every problem is listed.
        """
        pairs = self.query_pairs()
        if type is None:
            return dict(pairs)
        from worker._typed import query_as

        return query_as(pairs, type)

    def query_pairs(self) -> list[tuple[str, str]]:
        """Every `(name, value)` of the query, decoded, in order; broken escapes stay."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    @property
    def cf(self) -> Cf | None:
        """What the platform knows about the request; None on requests made here.

        Source: workers-rs `Request::cf`.
        """
        if self._init is not None:
            return None
        if self._cf is None:
            found = convert.to_py(self.js.cf) if hasattr(self.js, "cf") else None
            if found is None:
                return None
            self._cf = Cf._from_dict(found)
        return self._cf

    @property
    def signal(self) -> AbortSignal:
        """Aborted when the client goes away (compatibility flag `enable_request_signal`)."""
        from worker.abort import AbortSignal

        return AbortSignal._from_js(self.js.signal)

    @property
    def redirect(self) -> str:
        """What `fetch` does about redirects: `follow`, `manual` or `error`."""
        if self._init is None:
            return str(self.js.redirect)
        return str(self._init["redirect"] or "follow")

    def clone(self) -> Request:
        """The same request a second time, body included.

        Raises:
            BodyUsedError: the body has already been read.
        """
        if self._init is None:
            if self._content.used:
                self._content.open()  # raises
            return Request._from_js(calls.call(self.js, "clone"))
        twin = object.__new__(Request)
        for slot in Request.__slots__:
            setattr(twin, slot, getattr(self, slot))
        twin._js = None
        twin._headers = self.headers.copy()
        twin._body = self._content.copy()
        return twin

    def replace(
        self,
        *,
        url: str | None = None,
        method: Method | str | None = None,
        headers: HeadersLike | None = None,
        body: BodySource = None,
        redirect: RequestRedirect | Literal["error", "follow", "manual"] | None = None,
        cf: CfProperties | Mapping[str, Any] | None = None,
        signal: AbortSignal | None = None,
    ) -> Request:
        """The same request with some parts replaced, to send on. Its body goes along, unread.

        Raises:
            BodyUsedError: the body has already been read, and no other is given.
        """
        from worker.request_init import plain

        fresh_headers = self.headers.copy() if headers is None else Headers(headers)
        given: dict[str, Any] = {"method": None if method is None else str(Method.of(method))}
        if body is not None:
            made = Body.of(body)
            given["body"] = made.take()
            if made.kind is not None and (headers is None or "content-type" not in fresh_headers):
                fresh_headers["content-type"] = made.kind
        given["redirect"] = redirect
        given["cf"] = None if cf is None else plain(cf)
        given["signal"] = None if signal is None else signal.js
        source = self._to_js() if body is None else self.js
        flat = "\n".join(fresh_headers._flat())
        made = calls.call(js.runtime, "request", source, convert.options(**given), flat)
        if url is not None:
            made = calls.call(js.runtime, "readdress", _checked(url), made)
        return Request._from_js(made)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path}>"


def _checked(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark or not scheme.isalpha() or rest[:1] in {"", "/", "?", "#"}:
        error = UrlError("invalid URL or options for Request")
        error.add_note(
            f"A request needs an absolute URL such as https://example.com/, not {url!r}."
        )
        raise error
    return url
