"""What the platform passes to a handler, as Python values: one function for each kind of event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from worker_macros.registry import Method
from worker_sys import convert, errors
from worker_sys.events import Event

from worker import rpc

__all__ = ["arguments", "subject"]


def _request(event: Event, js: Any) -> Any:
    from worker.request import Request

    return Request._from_event(event, js.method, js.url)


def _scheduled(_event: Event, js: Any) -> Any:
    from worker.scheduled import ScheduledEvent

    return ScheduledEvent._from_js(js)


def _batch(_event: Event, js: Any) -> Any:
    from worker.queue import MessageBatch

    return MessageBatch._from_js(js)


def _email(_event: Event, js: Any) -> Any:
    from worker.email.inbound import ForwardableEmailMessage

    return ForwardableEmailMessage._from_js(js)


def _traces(_event: Event, js: Any) -> Any:
    from worker.tail import TraceItem

    return [TraceItem._from_js(item) for item in js]


def _socket(_event: Event, js: Any) -> Any:
    from worker.socket import Socket

    return Socket._from_js(js)


_SUBJECTS: Final[dict[str, Callable[[Event, Any], Any]]] = {
    "fetch": _request,
    "scheduled": _scheduled,
    "queue": _batch,
    "email": _email,
    "tail": _traces,
    "connect": _socket,
}


def subject(kind: str, event: Event, js: Any) -> Any:
    """The first argument of a handler, such as a Request or a ScheduledEvent."""
    return _SUBJECTS[kind](event, js)


def _websocket(js: Any) -> Any:
    from worker.websocket import WebSocket

    return WebSocket._from_js(js)


def _alarm(_event: Event, given: Sequence[Any]) -> tuple[Any, ...]:
    from worker.durable.alarms import AlarmInfo

    return (AlarmInfo._from_js(given[0] if given else None),)


def _message(_event: Event, given: Sequence[Any]) -> tuple[Any, ...]:
    return _websocket(given[0]), convert.to_py(given[1])


def _close(_event: Event, given: Sequence[Any]) -> tuple[Any, ...]:
    ws, code, reason, was_clean = given[:4]
    return _websocket(ws), int(code), reason, bool(was_clean)


def _error(_event: Event, given: Sequence[Any]) -> tuple[Any, ...]:
    return _websocket(given[0]), errors.from_js(given[1])


_HANDLERS: Final[dict[str, Callable[[Event, Sequence[Any]], tuple[Any, ...]]]] = {
    "alarm": _alarm,
    "webSocketMessage": _message,
    "webSocketClose": _close,
    "webSocketError": _error,
}


def arguments(method: Method, event: Event, given: Sequence[Any]) -> tuple[Any, ...]:
    """What a method of a class is called with.

    Args:
        method: the method.
        event: the call.
        given: what JavaScript passed, not converted.
    """
    if method.role == "rpc":
        return tuple(rpc.arriving(value) for value in given)
    if method.name in _SUBJECTS:
        return (subject(method.name, event, given[0]),)
    if method.arguments == 0:
        return ()
    return _HANDLERS[method.name](event, given)
