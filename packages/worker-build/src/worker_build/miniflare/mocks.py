"""Answers for what the worker asks of the world outside: no test needs a network.

A mock is a URL, or a prefix that ends in `*`, with one of:

- a `Reply`, or a tuple `(status, headers, body)`;
- an `EchoSocket()`, which accepts a WebSocket and sends every message back;
- a function from `MockRequest` to a `Reply`, called in a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from worker_build.miniflare import _codec


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response.

    Attributes:
        body: str is sent as UTF-8.
        status: 200 to 599.
        headers: names and values.
        delay: seconds to wait before answering.
    """

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class EchoSocket:
    """A WebSocket server that sends back every message."""


@dataclass(frozen=True, slots=True)
class MockRequest:
    """A request that the worker sent.

    Attributes:
        url: the whole URL.
        method: in capitals.
        headers: lower-case names; values of a repeated name are joined by a comma.
        body: empty when there is none.
    """

    url: str
    method: str
    headers: dict[str, str]
    body: bytes


Headers = Mapping[str, str]
Answer = Reply | EchoSocket | tuple[int, Headers, bytes | str]
Mock = Answer | Callable[[MockRequest], Answer]


class Mocks:
    """The mocks of one Miniflare, by the name that the helper uses for a Python function."""

    def __init__(self, outbound: Mapping[str, Mock] | None, services: Mapping[str, Mock]) -> None:
        self._functions: dict[str, Callable[[MockRequest], Answer]] = {}
        self.outbound = (
            None
            if outbound is None
            else [{"url": _whole(url), **self._plain(url, mock)} for url, mock in outbound.items()]
        )
        self.services = {name: self._plain(f"#{name}", mock) for name, mock in services.items()}

    def call(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """Let the Python function behind a mock answer; its exception is a 500 with its text."""
        try:
            headers: dict[str, str] = {}
            for key, value in request["headers"]:
                headers[key] = f"{headers[key]}, {value}" if key in headers else value
            body = _codec.decode(request["body"])
            asked = MockRequest(request["url"], request["method"], headers, body)
            return _answer(self._functions[name](asked))
        except Exception as error:  # noqa: BLE001 - a test's function may raise anything
            text = f"the mock for {request['url']} raised {type(error).__name__}: {error}"
            return _answer(Reply(text, status=500))

    def _plain(self, name: str, mock: Mock) -> dict[str, Any]:
        if callable(mock):
            self._functions[name] = mock
            return {"python": name}
        return {"reply": _answer(mock)}


def _answer(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, EchoSocket):
        return {"echo": True}
    if isinstance(answer, tuple):
        status, headers, body = answer
        answer = Reply(body, status, headers)
    return {
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": _codec.encode(answer.body),
        "delay": answer.delay,
    }


def _whole(url: str) -> str:
    """A URL without a path gets one, as the runtime writes it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest}/" if rest and not set("/?*") & set(rest) else url
