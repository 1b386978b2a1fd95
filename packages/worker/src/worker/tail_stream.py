"""What another worker does, told while it runs, as `@event.tail_stream` gets to read it.

    @event.tail_stream
    async def watch(onset: TailEvent, env: Env, ctx: Context) -> TailListener:
        async def listen(told: TailEvent) -> None:
            match told.event:
                case Log(level, message):
                    print(level, message)
                case Outcome(outcome):
                    print("it ended:", outcome)

        return listen

Source: `TailStream` of @cloudflare/workers-types;
https://developers.cloudflare.com/workers/observability/logs/tail-workers/
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final, Self, final

from worker_sys import aio, convert, proxies

from worker._failures import log_failure
from worker.tail import ScriptVersion, TraceEvent

__all__ = [
    "Attributes",
    "DiagnosticChannelEvent",
    "Log",
    "Onset",
    "Outcome",
    "Return",
    "SpanClose",
    "SpanContext",
    "SpanOpen",
    "StreamDiagnostic",
    "TailEvent",
    "TailListener",
    "TracePreview",
    "UncaughtException",
]

type _Plain = Mapping[str, Any]


class _Named:
    """A record whose members have the platform's names; None for what did not come."""

    __slots__ = ()

    @classmethod
    def _from_plain(cls, plain: _Plain) -> Self:
        return cls(*(plain.get(each.name) for each in fields(cls)))  # type: ignore[arg-type]


@final
@dataclass(frozen=True, slots=True)
class TracePreview:
    """The preview that ran: its id, slug and name."""

    id: str
    slug: str
    name: str


@final
@dataclass(frozen=True, slots=True)
class Onset:
    """An invocation begins: the first event of each, and the one that the handler is called with.

    Attributes:
        info: what woke the worker.
        span_id: the span that lasts as long as the invocation.
        script_name: the worker, or None where the runtime does not name it.
        entrypoint: which of its entry points, or None for the default one.
        execution_model: `stateless`, `durableObject` or `workflow`.
        durable_object_id: the object that runs, or None.
        dispatch_namespace: the namespace it was called through, or None.
        script_version: its version, or None.
        script_tags: its tags.
        preview: the preview that runs, or None.
        attributes: of that span.
    """

    info: TraceEvent
    span_id: str
    script_name: str | None
    entrypoint: str | None
    execution_model: str
    durable_object_id: str | None
    dispatch_namespace: str | None
    script_version: ScriptVersion | None
    script_tags: tuple[str, ...]
    preview: TracePreview | None
    attributes: Mapping[str, Any]

    @classmethod
    def _from_plain(cls, plain: _Plain) -> Self:
        version, preview = plain.get("scriptVersion"), plain.get("preview")
        return cls(
            info=TraceEvent._from_stream(plain["info"]),
            span_id=plain["spanId"],
            script_name=plain.get("scriptName"),
            entrypoint=plain.get("entrypoint"),
            execution_model=plain["executionModel"],
            durable_object_id=plain.get("durableObjectId"),
            dispatch_namespace=plain.get("dispatchNamespace"),
            script_version=None if version is None else ScriptVersion(**version),
            script_tags=tuple(plain.get("scriptTags") or ()),
            preview=None if preview is None else TracePreview(**preview),
            attributes=_attributes(plain.get("attributes")),
        )


@final
@dataclass(frozen=True, slots=True)
class Return:
    """The handler has returned; work that it left to `ctx.wait_until` may go on.

    Attributes:
        status: of the answer to a request; None for other events.
    """

    status: int | None

    @classmethod
    def _from_plain(cls, plain: _Plain) -> Self:
        info = plain.get("info")
        return cls(None if info is None else info.get("statusCode"))


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """The invocation has ended: the last event of each.

    Attributes:
        outcome: `ok`, `exception`, `canceled`, `exceededCpu`, `exceededMemory` or another.
        cpu_time: processor time.
        wall_time: time from start to end.
    """

    outcome: str
    cpu_time: timedelta
    wall_time: timedelta

    @classmethod
    def _from_plain(cls, plain: _Plain) -> Self:
        times = (timedelta(milliseconds=plain.get(name) or 0) for name in ("cpuTime", "wallTime"))
        return cls(plain["outcome"], *times)


@final
@dataclass(frozen=True, slots=True)
class SpanOpen:
    """A part of the invocation begins: a request to elsewhere, a query, one of the user's spans.

    Attributes:
        name: what it is: `fetch`, `kv_get`, `durable_object_subrequest` …
        span_id: its own id; events in it have this as their context's `span_id`.
        info: what it calls, or its attributes, or None.
    """

    name: str
    span_id: str
    info: TraceEvent | Attributes | None

    @classmethod
    def _from_plain(cls, plain: _Plain) -> Self:
        info = plain.get("info")
        if info is not None:
            read = (
                Attributes._from_plain if info["type"] == "attributes" else TraceEvent._from_stream
            )
            info = read(info)
        return cls(plain["name"], plain["spanId"], info)


@final
@dataclass(frozen=True, slots=True)
class SpanClose(_Named):
    """The part that the event's context names has ended, and how (as an `Outcome`)."""

    outcome: str


@final
@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known about the span of the event's context: values by name."""

    values: Mapping[str, Any]

    @classmethod
    def _from_plain(cls, plain: _Plain) -> Self:
        return cls(_attributes(plain["info"]))


@final
@dataclass(frozen=True, slots=True)
class Log(_Named):
    """One line that the worker logged.

    Attributes:
        level: `debug`, `info`, `log`, `warn` or `error`.
        message: the arguments of the log call, in order.
    """

    level: str
    message: Any


@final
@dataclass(frozen=True, slots=True)
class UncaughtException(_Named):
    """An exception that nothing caught: its class, text, and where it was raised, or None."""

    name: str
    message: str
    stack: str | None


@final
@dataclass(frozen=True, slots=True)
class DiagnosticChannelEvent(_Named):
    """A message on a channel of `node:diagnostics_channel`."""

    channel: str
    message: Any


@final
@dataclass(frozen=True, slots=True)
class StreamDiagnostic:
    """The stream about itself: `droppedEvents`, and how many were."""

    kind: str
    count: int | None

    @classmethod
    def _from_plain(cls, plain: _Plain) -> Self:
        told = plain["diagnostic"]
        return cls(told["diagnosticsType"], told.get("count"))


@final
@dataclass(frozen=True, slots=True)
class SpanContext:
    """Where an event belongs.

    Attributes:
        trace_id: the same for every invocation that came of one request from outside.
        span_id: the span in which it happened; None for an onset that nothing called.
        trace_flags: of the caller's `traceparent`; None without one.
    """

    trace_id: str
    span_id: str | None
    trace_flags: int | None


type Told = (
    Onset
    | Outcome
    | Return
    | SpanOpen
    | SpanClose
    | Attributes
    | Log
    | UncaughtException
    | DiagnosticChannelEvent
    | StreamDiagnostic
)
"""Every kind of event."""


@final
@dataclass(frozen=True, slots=True)
class TailEvent:
    """One event of an invocation that is watched.

    Attributes:
        event: what happened; `match` tells the kinds apart.
        invocation_id: the same for all events from an onset to its outcome, and for no others.
        span_context: where it belongs.
        timestamp: when (UTC).
        sequence: 0 for the onset, then one more for each event.
    """

    event: Told
    invocation_id: str
    span_context: SpanContext
    timestamp: datetime
    sequence: int

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        plain = convert.to_py(js)
        context = plain["spanContext"]
        event = plain["event"]
        return cls(
            event=_KINDS[event["type"]]._from_plain(event),
            invocation_id=plain["invocationId"],
            span_context=SpanContext(
                context["traceId"], context.get("spanId"), context.get("traceFlags")
            ),
            timestamp=plain["timestamp"],
            sequence=plain["sequence"],
        )


type TailListener = Callable[[TailEvent], Awaitable[None] | None]
"""What the handler returns: called with each event after the onset, in order."""

_KINDS: Final[Mapping[str, Any]] = {
    "onset": Onset,
    "outcome": Outcome,
    "return": Return,
    "spanOpen": SpanOpen,
    "spanClose": SpanClose,
    "attributes": Attributes,
    "log": Log,
    "exception": UncaughtException,
    "diagnosticChannel": DiagnosticChannelEvent,
    "streamDiagnostic": StreamDiagnostic,
}


def listener(function: TailListener | None) -> Any:
    """The JavaScript function that hands events on to `function`; None stays None.

    It keeps the event that it was made in, until the outcome has come.
    """
    if function is None:
        return None
    if not callable(function):
        error = TypeError(f"a tail_stream handler returned {type(function).__name__}")
        error.add_note("Return a function of a TailEvent, or None to get no more events.")
        raise error
    watching = aio.current_event()
    release = None if watching is None else watching.keep()

    async def listen(js_event: Any) -> None:
        told = TailEvent._from_js(js_event)
        try:
            result = function(told)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            log_failure(error)
            raise
        finally:
            if release is not None and isinstance(told.event, Outcome):
                release()

    return proxies.callback(listen, watching)


def _attributes(plain: Any) -> dict[str, Any]:
    return {each["name"]: each.get("value") for each in plain or ()}
