"""What other workers did, as `@event.tail` gets to read it.

Source: https://developers.cloudflare.com/workers/runtime-apis/handlers/tail/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self, final

from worker_sys import convert

__all__ = [
    "DiagnosticEvent",
    "ScriptVersion",
    "TraceEvent",
    "TraceException",
    "TraceItem",
    "TraceLog",
    "TraceRequest",
]


def _time(value: object) -> datetime | None:
    plain = convert.to_py(value)
    if isinstance(plain, int | float):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=plain)
    return plain if isinstance(plain, datetime) else None


def _at(value: object) -> datetime:
    return _time(value) or datetime(1970, 1, 1, tzinfo=UTC)


def _read(js: Any, name: str) -> Any:
    """A property as a Python value; None when it is absent."""
    return convert.to_py(getattr(js, name, None))


@final
@dataclass(frozen=True, slots=True)
class TraceLog:
    """One line that the worker logged.

    Attributes:
        timestamp: when (UTC).
        level: `debug`, `info`, `log`, `warn` or `error`.
        message: the arguments of the log call, in order.
    """

    timestamp: datetime
    level: str
    message: Any

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        return cls(_at(js.timestamp), js.level, _read(js, "message"))


@final
@dataclass(frozen=True, slots=True)
class TraceException:
    """One exception that nothing caught.

    Attributes:
        timestamp: when (UTC).
        name: its class.
        message: its text.
        stack: where it was raised, or None.
    """

    timestamp: datetime
    name: str
    message: str
    stack: str | None

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        return cls(_at(js.timestamp), js.name, js.message, _read(js, "stack"))


@final
@dataclass(frozen=True, slots=True)
class DiagnosticEvent:
    """One message on a channel of `node:diagnostics_channel`."""

    timestamp: datetime
    channel: str
    message: Any

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        return cls(_at(js.timestamp), js.channel, _read(js, "message"))


@final
@dataclass(frozen=True, slots=True)
class ScriptVersion:
    """The version of the worker: its id, tag and message, each None where not given."""

    id: str | None = None
    tag: str | None = None
    message: str | None = None

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        return cls(_read(js, "id"), _read(js, "tag"), _read(js, "message"))


@final
@dataclass(frozen=True, slots=True)
class TraceRequest:
    """A request that the worker answered.

    Attributes:
        method: the HTTP method.
        url: the URL; parts that look like secrets are `REDACTED`.
        headers: lower-case names; values that look like secrets are `REDACTED`.
        cf: the same object as `req.cf`, as a dict, or None.
        status: of the answer, or None when there was none.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    cf: Any
    status: int | None

    @classmethod
    def _from_js(cls, request: Any, response: Any) -> Self:
        return cls(
            method=request.method,
            url=request.url,
            headers=_read(request, "headers") or {},
            cf=_read(request, "cf"),
            status=None if convert.to_py(response) is None else int(response.status),
        )

    @classmethod
    def _from_stream(cls, plain: Mapping[str, Any]) -> Self:
        headers: dict[str, str] = {}
        for each in plain["headers"]:
            name, value = each["name"], each["value"]
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return cls(plain["method"], plain["url"], headers, plain.get("cfJson"), status=None)


_STREAMED: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "fetch": ("fetch", {}),
    "jsrpc": ("rpc", {}),
    "scheduled": ("scheduled", {"scheduledTime": "scheduled_time", "cron": "cron"}),
    "alarm": ("alarm", {"scheduledTime": "scheduled_time"}),
    "queue": ("queue", {"queueName": "queue", "batchSize": "batch_size"}),
    "email": ("email", {"mailFrom": "mail_from", "rcptTo": "rcpt_to", "rawSize": "raw_size"}),
    "trace": ("tail", {"traces": "scripts"}),
    "hibernatableWebSocket": ("websocket", {}),
    "connect": ("connect", {}),
}
"""The kind that a tail stream's name means, and which of its properties are which of ours."""


@final
@dataclass(frozen=True, slots=True)
class TraceEvent:
    """What woke the worker. Only what belongs to its kind is not None.

    Attributes:
        kind: `fetch`, `rpc`, `scheduled`, `alarm`, `queue`, `email`, `tail`, `websocket`, `connect`
            or `other`.
        request: of a fetch.
        method: of an RPC call, the method.
        scheduled_time: of a cron trigger or an alarm, when it was due (UTC).
        cron: of a cron trigger, the expression.
        queue: the queue's name.
        batch_size: how many messages the queue brought.
        mail_from: the sender of an email.
        rcpt_to: its recipient.
        raw_size: its size in bytes.
        scripts: of a tail event, the workers whose items it brought.
        websocket: `message`, `close` or `error`.
        code: the code that a WebSocket was closed with.
        was_clean: whether it was closed by a closing handshake.
    """

    kind: str
    request: TraceRequest | None = None
    method: str | None = None
    scheduled_time: datetime | None = None
    cron: str | None = None
    queue: str | None = None
    batch_size: int | None = None
    mail_from: str | None = None
    rcpt_to: str | None = None
    raw_size: int | None = None
    scripts: tuple[str | None, ...] | None = None
    websocket: str | None = None
    code: int | None = None
    was_clean: bool | None = None

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        """The platform names no kind: it shows in which properties there are."""
        if hasattr(js, "request"):
            request = TraceRequest._from_js(js.request, getattr(js, "response", None))
            return cls("fetch", request=request)
        if hasattr(js, "rpcMethod"):
            return cls("rpc", method=js.rpcMethod)
        if hasattr(js, "cron"):
            return cls("scheduled", scheduled_time=_time(js.scheduledTime), cron=js.cron)
        if hasattr(js, "scheduledTime"):
            return cls("alarm", scheduled_time=_time(js.scheduledTime))
        if hasattr(js, "queue"):
            return cls("queue", queue=js.queue, batch_size=int(js.batchSize))
        if hasattr(js, "mailFrom"):
            size = int(js.rawSize)
            return cls("email", mail_from=js.mailFrom, rcpt_to=js.rcptTo, raw_size=size)
        if hasattr(js, "consumedEvents"):
            scripts = tuple(_read(item, "scriptName") for item in js.consumedEvents)
            return cls("tail", scripts=scripts)
        if hasattr(js, "getWebSocketEvent"):
            return cls._of_websocket(js.getWebSocketEvent)
        return cls("other")

    @classmethod
    def _from_stream(cls, plain: Mapping[str, Any]) -> Self:
        """What the onset of a tail stream says of it: there, every kind has its name."""
        kind, names = _STREAMED.get(plain["type"], ("other", {}))
        found: dict[str, Any] = {name: plain.get(key) for key, name in names.items()}
        if kind == "fetch":
            return cls(kind, request=TraceRequest._from_stream(plain))
        if kind == "websocket":
            told = plain["info"]
            return cls(
                kind, websocket=told["type"], code=told.get("code"), was_clean=told.get("wasClean")
            )
        if "scheduled_time" in found:
            found["scheduled_time"] = _time(found["scheduled_time"])
        if "scripts" in found:
            found["scripts"] = tuple(found["scripts"])
        return cls(kind, **found)

    @classmethod
    def _of_websocket(cls, js: Any) -> Self:
        kind = js.webSocketEventType
        return cls(
            "websocket", websocket=kind, code=_read(js, "code"), was_clean=_read(js, "wasClean")
        )


@final
@dataclass(frozen=True, slots=True)
class TraceItem:
    """One event of a worker that this one tails.

    Attributes:
        event: what woke it, or None when unknown.
        timestamp: when (UTC), or None.
        outcome: `ok`, `exception`, `canceled`, `exceededCpu`, `exceededMemory` or another.
        logs: what it logged, in order.
        exceptions: what nothing caught.
        diagnostics: messages on its diagnostics channels.
        script_name: the worker.
        entrypoint: which of its entry points, or None for the default one.
        script_version: its version, or None.
        script_tags: its tags.
        dispatch_namespace: the namespace it was called through, or None.
        durable_object_id: the object that ran, or None.
        execution_model: `stateless` or `durableObject`.
        truncated: whether logs were dropped because there were too many.
        cpu_time: processor time.
        wall_time: time from start to end.
    """

    event: TraceEvent | None
    timestamp: datetime | None
    outcome: str
    logs: tuple[TraceLog, ...]
    exceptions: tuple[TraceException, ...]
    diagnostics: tuple[DiagnosticEvent, ...]
    script_name: str | None
    entrypoint: str | None
    script_version: ScriptVersion | None
    script_tags: tuple[str, ...]
    dispatch_namespace: str | None
    durable_object_id: str | None
    execution_model: str | None
    truncated: bool
    cpu_time: timedelta
    wall_time: timedelta

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        event = getattr(js, "event", None)
        version = getattr(js, "scriptVersion", None)
        return cls(
            event=None if convert.to_py(event) is None else TraceEvent._from_js(event),
            timestamp=_time(getattr(js, "eventTimestamp", None)),
            outcome=js.outcome,
            logs=tuple(TraceLog._from_js(log) for log in js.logs),
            exceptions=tuple(TraceException._from_js(error) for error in js.exceptions),
            diagnostics=tuple(
                DiagnosticEvent._from_js(item)
                for item in getattr(js, "diagnosticsChannelEvents", ())
            ),
            script_name=_read(js, "scriptName"),
            entrypoint=_read(js, "entrypoint"),
            script_version=(
                None if convert.to_py(version) is None else ScriptVersion._from_js(version)
            ),
            script_tags=tuple(_read(js, "scriptTags") or ()),
            dispatch_namespace=_read(js, "dispatchNamespace"),
            durable_object_id=_read(js, "durableObjectId"),
            execution_model=_read(js, "executionModel"),
            truncated=bool(_read(js, "truncated")),
            cpu_time=timedelta(milliseconds=_read(js, "cpuTime") or 0),
            wall_time=timedelta(milliseconds=_read(js, "wallTime") or 0),
        )
