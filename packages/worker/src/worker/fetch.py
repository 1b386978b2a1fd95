"""Requests to the outside: `await fetch(url)`.

Source: workers-rs `Fetch`; https://developers.cloudflare.com/workers/runtime-apis/fetch/
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Unpack

from worker_sys import calls, js

from worker.errors import FetchError, JsError, recast
from worker.request import Request
from worker.request_init import RequestInit
from worker.response import Response

__all__ = ["fetch", "send"]


async def fetch(
    resource: str | Request,
    *,
    timeout: float | timedelta | None = None,  # noqa: ASYNC109  the platform ends the request
    **options: Unpack[RequestInit],
) -> Response:
    """Send a request and wait for the head of the response; its body arrives as it is read.

    A status such as 404 or 500 is an answer, not an error. Cancelling the task that waits gives the
    request up, so that `asyncio.timeout` works too.

    Args:
        resource: an absolute URL, or a `Request`; the handler's own is handed on as it came.
        timeout: seconds (or a timedelta) until the response's head must be there; its body may take
            longer, which `signal=AbortSignal.timeout(…)` does not let it.
        **options: as of `Request(url, …)`. With a `Request`, only `signal` may be given.

    Raises:
        UrlError: the URL is not absolute.
        BodyUsedError: the request's body has already been read.
        TimedOutError: the timeout, or the timeout of a signal, ran out.
        AbortError: the signal was aborted; with a reason of its own, that reason is raised.
        FetchError: no response came: the name did not resolve, the connection failed or broke.

    Source: workers-rs `Fetch::send`, `Fetch::send_with_signal`.
    """
    return await send(js.globalThis, resource, timeout=timeout, **options)


async def send(
    target: Any,
    resource: str | Request,
    *,
    timeout: float | timedelta | None = None,  # noqa: ASYNC109  the platform ends the request
    **options: Unpack[RequestInit],
) -> Response:
    """`fetch` by way of `target`: `globalThis`, or a binding that has the method."""
    signals: list[Any] = []
    if isinstance(resource, Request):
        signal = options.pop("signal", None)
        if options:
            raise TypeError("options belong to the Request: use request.replace(…)")
        if signal is not None:
            signals.append(signal.js)
        source = resource._to_js()
    else:
        source = Request(resource, **options)._to_js()
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    limit = None if seconds is None else max(0, round(seconds * 1000))
    started = calls.call(js.runtime, "startFetch", target, source, signals, limit)
    try:
        return Response._from_js(await calls.acall(started, "done"))
    except asyncio.CancelledError:
        calls.call(started, "abort")
        raise
    except JsError as error:
        if type(error) is JsError:
            raise recast(error, FetchError) from error.__cause__
        raise
