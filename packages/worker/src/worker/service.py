"""Other workers, and whatever else answers `fetch`: service bindings, assets, certificates.

Source: workers-rs `Fetcher`;
https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Unpack, cast, overload

from worker_sys import calls, convert

from worker._handle import Handle
from worker.fetch import send
from worker.request import Request
from worker.request_init import RequestInit
from worker.response import Response
from worker.rpc import RpcStub

if TYPE_CHECKING:
    from worker.socket import Socket

__all__ = ["Fetcher"]


class Fetcher(Handle):
    """Something that answers requests: `env.service("AUTH")`.

    Another worker may also be called as an object:
    `await env.service("MATHS").rpc(Maths).add(3, 4)`.

    Source: workers-rs `Fetcher`;
    https://developers.cloudflare.com/workers/runtime-apis/bindings/service-bindings/
    """

    __slots__ = ()

    async def fetch(
        self,
        resource: str | Request,
        *,
        timeout: float | timedelta | None = None,  # noqa: ASYNC109  as `worker.fetch` has it
        **options: Unpack[RequestInit],
    ) -> Response:
        """Send an HTTP request.

        Args:
            resource: a Request (an incoming one is handed on, its body unread), or an absolute URL;
                its host reaches the other side as it is and goes through no DNS.
            timeout: seconds (or a timedelta) until the head of the response must be there.
            **options: for a URL, what `Request` takes (`method`, `headers`, `body` …).

        Returns:
            The answer. A status of 400 or more is no exception.

        Raises:
            TimedOutError: the time ran out.
            JsError: the other side raised, or could not be reached.

        Source: workers-rs `Fetcher::{fetch, fetch_request}`
        """
        return await send(self.js, resource, timeout=timeout, **options)

    def connect(
        self,
        address: str,
        *,
        secure_transport: Literal["off", "on", "starttls"] | None = None,
        allow_half_open: bool = False,
        high_water_mark: int | None = None,
    ) -> Socket:
        """Open a TCP connection through this binding.

        Args:
            address: `host:port`.
            secure_transport: whether to speak TLS; off when not given.
            allow_half_open: whether writing may go on after the other side ended its half.
            high_water_mark: bytes that may wait to be written.

        Raises:
            SocketError: the other side takes no connections, here or when the socket is used; or
                the connection broke.

        Source: workers-rs `Socket`;
        https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/
        """
        from worker.socket import Socket, _socket_errors

        options = convert.options(
            secureTransport=secure_transport,
            allowHalfOpen=allow_half_open,
            highWaterMark=high_water_mark,
        )
        with _socket_errors():
            return Socket._from_js(calls.call(self.js, "connect", address, options))

    @overload
    def rpc(self) -> RpcStub: ...
    @overload
    def rpc[T](self, cls: type[T]) -> T: ...
    def rpc(self, cls: type[Any] | None = None) -> Any:
        """The other worker as an object whose public methods can be awaited.

        Args:
            cls: the class of its entrypoint, when it is at hand: type checkers then know the
                methods. At run time it makes no difference.

        Returns:
            A stub; used with `with`, what it holds on the other side is let go at the end.

        Source: workers-rs `Fetcher::into_rpc`;
        https://developers.cloudflare.com/workers/runtime-apis/rpc/
        """
        return cast("Any", RpcStub._from_js(self.js))

    def __repr__(self) -> str:
        """For logs."""
        return f"<{type(self).__name__}>"
