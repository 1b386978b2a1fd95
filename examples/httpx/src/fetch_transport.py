"""httpx over the platform's `fetch`: copy this file into your project."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
from worker import Request, fetch
from worker import Response as Fetched
from worker.errors import FetchError, TimedOutError
from worker.streams import ByteStream, FixedLengthStream

_SET_BY_THE_PLATFORM = frozenset({"host", "content-length", "connection", "transfer-encoding"})


class FetchTransport(httpx.AsyncBaseTransport):
    """What sends an `httpx.AsyncClient`'s requests.

    Redirects, cookies and authentication are httpx's. Every header of the answer is there, a
    repeated one as often as it came. The time to the head of the answer is bounded by httpx's read
    timeout; the platform has no others.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            httpx.ReadTimeout: the head of the answer has not come in time.
            httpx.ConnectError: no answer came.
        """
        headers = [
            pair for pair in request.headers.multi_items() if pair[0] not in _SET_BY_THE_PLATFORM
        ]
        outgoing = Request(
            str(request.url),
            method=request.method,
            headers=headers,
            body=await _body(request),
            redirect="manual",
        )
        timeout = request.extensions.get("timeout", {}).get("read")
        try:
            response = await fetch(outgoing, timeout=timeout)
        except TimedOutError as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        except FetchError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        return _Decoded(
            response.status,
            headers=response.headers.multi_items(),
            stream=_Stream(response),
            request=request,
        )


async def _body(request: httpx.Request) -> Any:
    """What to send: bytes that are there, or a stream, with its length when that is known."""
    if isinstance(request.stream, httpx.ByteStream):
        return await request.aread() or None
    chunks = aiter(request.stream) if hasattr(request.stream, "__aiter__") else request.stream
    length = request.headers.get("content-length", "")
    return FixedLengthStream(chunks, int(length)) if length else ByteStream(chunks)


class _Stream(httpx.AsyncByteStream):
    """The body of an answer, read from the network as httpx reads it."""

    def __init__(self, response: Fetched) -> None:
        self._body = response.stream()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()


class _Decoded(httpx.Response):
    """An answer that the platform has decompressed; its headers still say how it was sent."""

    def _get_content_decoder(self) -> Any:
        from httpx._decoders import IdentityDecoder

        return IdentityDecoder()
