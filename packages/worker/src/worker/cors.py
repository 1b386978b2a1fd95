"""Cross-origin resource sharing: who may read a response from a page of another origin.

Source: workers-rs `Cors`; https://developers.cloudflare.com/workers/examples/cors-header-proxy/;
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from worker.headers import Headers

if TYPE_CHECKING:
    from worker.request import Request
    from worker.response import Response
    from worker.router.types import Next

__all__ = ["Cors"]

type Origins = Literal["*"] | Iterable[str] | Callable[[str], bool]

_ORIGIN: Final = re.compile(r"null|[a-z][a-z0-9+.\-]*://[^/?#\s@,]+")


class Cors:
    """A policy, applied to responses and used to answer preflights.

    It is a middleware as it stands: `router.use(Cors(origins=["https://app.example"]))` answers
    preflights and marks every response, the router's own 404 and 405 included.

    The default allows nothing, as the crate's does. Unlike the crate's, a list of origins is never
    joined into one header: the origin that asks is looked up and given back, with `Vary: Origin`.

    Args:
        origins: `"*"` for every origin; a list of origins (`https://app.example`, no path; `null`
            for pages without one); or a function of the origin that says whether it is allowed.
        methods: methods beyond GET, HEAD and POST that a page may use; `"*"` for every method.
        allowed_headers: request headers that a page may send; `"*"` for every header.
        exposed_headers: response headers that a page may read.
        credentials: whether cookies and authorization may go along.
        max_age: how long a browser may remember the preflight: seconds or a timedelta.

    Raises:
        ValueError: an origin is not one, or credentials are allowed for `"*"` (which browsers
            refuse; a function that answers True says the same and takes the responsibility).

    Source: workers-rs `Cors`.
    """

    __slots__ = ("_credentials", "_exposed", "_headers", "_max_age", "_methods", "_origins")

    def __init__(
        self,
        *,
        origins: Origins = (),
        methods: Literal["*"] | Iterable[str] = (),
        allowed_headers: Literal["*"] | Iterable[str] = (),
        exposed_headers: Iterable[str] = (),
        credentials: bool = False,
        max_age: int | timedelta | None = None,
    ) -> None:
        self._origins = _origins(origins, credentials=credentials)
        self._methods = _listed(methods)
        self._headers = _listed(allowed_headers)
        self._exposed = _listed(exposed_headers)
        self._credentials = credentials
        seconds = max_age.total_seconds() if isinstance(max_age, timedelta) else max_age
        self._max_age = None if seconds is None else str(int(seconds))

    def allows(self, origin: str | None) -> bool:
        """Whether pages of that origin may read responses."""
        if origin is None:
            return False
        if self._origins == "*":
            return True
        return self._origins(origin) if callable(self._origins) else origin in self._origins

    def apply_headers(self, headers: Headers, *, origin: str | None = None) -> None:
        """Mark a response; `headers` must be mutable.

        Args:
            headers: the response's headers.
            origin: the request's `Origin` header. A policy for `"*"` does not need it; without it
                any other policy only sets `Vary`, so that no cache gives this response to a page.
        """
        self._apply_origin(headers, origin)
        if self._exposed and "access-control-allow-origin" in headers:
            headers["access-control-expose-headers"] = self._exposed

    def preflight(self, method: str, headers: Headers) -> Headers | None:
        """The headers that answer a preflight; None when the request is not one.

        A preflight is an OPTIONS request with `Origin` and `Access-Control-Request-Method`. Its
        answer has status 204. An origin that is not allowed gets no CORS header: the browser
        refuses then.
        """
        origin = headers.get("origin")
        wanted = headers.get("access-control-request-method")
        if method != "OPTIONS" or origin is None or wanted is None:
            return None
        answer = Headers()
        self._apply_origin(answer, origin)
        _vary(answer, "Access-Control-Request-Method", "Access-Control-Request-Headers")
        if "access-control-allow-origin" not in answer:
            return answer
        # With credentials "*" would mean the header named "*": what was asked for is given back.
        asked = headers.get("access-control-request-headers", "")
        for name, allowed, echo in (
            ("access-control-allow-methods", self._methods, wanted),
            ("access-control-allow-headers", self._headers, asked),
        ):
            text = echo if allowed == "*" else allowed
            if text:
                answer[name] = text
        if self._max_age is not None:
            answer["access-control-max-age"] = self._max_age
        return answer

    async def __call__(self, req: Request, ctx: Any, next: Next) -> Response:
        """Answer a preflight, or mark the response of what comes next."""
        from worker.response import Response

        answer = self.preflight(req.method, req.headers)
        if answer is not None:
            return Response(status=204, headers=answer)
        response = await next(req, ctx)
        return response.with_cors(self, origin=req.headers.get("origin"))

    def _apply_origin(self, headers: Headers, origin: str | None) -> None:
        if self._origins == "*":
            headers["access-control-allow-origin"] = "*"
            return
        if not self._origins:
            return
        _vary(headers, "Origin")
        if origin is None or not self.allows(origin):
            headers.delete("access-control-allow-origin")
            headers.delete("access-control-allow-credentials")
            return
        headers["access-control-allow-origin"] = origin
        if self._credentials:
            headers["access-control-allow-credentials"] = "true"


def _origins(
    origins: Origins, *, credentials: bool
) -> Literal["*"] | frozenset[str] | Callable[[str], bool]:
    if origins == "*":
        if credentials:
            raise ValueError("credentials cannot be allowed for every origin: list the origins")
        return "*"
    if callable(origins):
        return origins
    if isinstance(origins, str):
        raise ValueError(f"origins is a list: write [{origins!r}]")  # noqa: TRY004 (a wrong value)
    listed = frozenset(origins)
    for origin in listed:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is not an origin such as https://app.example")
    return listed


def _listed(names: str | Iterable[str]) -> str:
    return names if isinstance(names, str) else ", ".join(names)


def _vary(headers: Headers, *names: str) -> None:
    present = {name.strip().lower() for name in headers.get("vary", "").split(",")}
    if "*" in present:
        return
    for name in names:
        if name.lower() not in present:
            headers.append("vary", name)
