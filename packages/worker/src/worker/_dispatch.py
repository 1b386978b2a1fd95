"""The shim's door into Python: one function for each kind of call that JavaScript makes.

Each takes the ids of an event and its scope, and what the call brought as far as every handler
needs it; what it returns is said in `events.Event.start`. Nothing else in `worker` is called by the
shim.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

from worker_macros import registry
from worker_macros.registry import JS_NAMES, Kind, Method, Spec
from worker_sys import _clock, _entropy, convert, events
from worker_sys._loop import timer
from worker_sys._promises import settled
from worker_sys.aio import call_plain
from worker_sys.events import Event

from worker import rpc
from worker._failures import log_failure
from worker._hints import not_a_response
from worker.context import Context
from worker.env import Env
from worker.request import Request
from worker.response import Response

_objects: dict[int, Any] = {}
"""Durable Objects by the id of their scope."""


def door() -> dict[str, Any]:
    """Everything that JavaScript may call."""
    return {
        "begin": begin,
        "fetch": fetch,
        **{JS_NAMES.get(kind, kind): _handler(kind) for kind in _EVENTS},
        "construct": construct,
        "object": object_,
        "object_fetch": object_fetch,
        "drop": drop,
        "entrypoint": entrypoint,
        "entrypoint_fetch": entrypoint_fetch,
        "workflow": workflow,
        "fulfilled": events.fulfilled,
        "rejected": events.rejected,
        "plain": events.plain,
        "returned": events.returned,
        "settled": settled,
        "drain": events.drain,
        "timer": timer,
        "stuck": events.stuck,
    }


def begin() -> None:
    """Before the first event of an interpreter: fresh randomness and time, the start handlers."""
    _entropy.reseed()
    _clock.go_on()
    for spec in registry.starts():
        spec.target()


# Events


def fetch(id: int, scope: int, method: str, url: str) -> Any:
    """Answer a request."""
    event = Event(id, scope)
    return event.start(_fetch(event, method, url))


async def _fetch(event: Event, method: str, url: str) -> Any:
    spec = _handler_of("fetch")
    request = Request._from_event(event, method, url)
    env, ctx = Env._from_event(event), Context._from_event(event)
    try:
        if spec.is_async:
            answer = await spec.target(request, env, ctx)
        else:
            answer = await _call(spec.target, False, request, env, ctx)
        return _response(answer, spec.target)
    except Exception as error:
        mistake = _mistake(error)
        if mistake is not None:
            return mistake
        log_failure(error)
        if ctx._passes_through:
            raise
        told = spec.options.get("respond_with_errors", False)
        return Response.error(str(error) if told else "INTERNAL SERVER ERROR", 500)._crossing()


def _response(answer: Any, function: Callable[..., Any]) -> Any:
    if isinstance(answer, Response):
        return answer._crossing()
    raise not_a_response(answer, "a fetch handler", [function])


def _mistake(error: Exception) -> Any:
    """The answer to what the client did wrong; None when it is the worker's own failure."""
    from worker._mistakes import answer_to

    answer = answer_to(error)
    return None if answer is None else answer._crossing()


def _scheduled(event: Event) -> Any:
    from worker.scheduled import ScheduledEvent

    return ScheduledEvent._from_js(event.js.request)


def _queue(event: Event) -> Any:
    from worker.queue import MessageBatch

    return MessageBatch._from_js(event.js.request)


def _email(event: Event) -> Any:
    from worker.email import ForwardableEmailMessage

    return ForwardableEmailMessage._from_js(event.js.request)


def _tail(event: Event) -> Any:
    from worker.tail import TraceItem

    return [TraceItem._from_js(item) for item in event.js.request]


def _tail_stream(event: Event) -> Any:
    from worker.tail_stream import TailEvent

    return TailEvent._from_js(event.js.request)


def _connect(event: Event) -> Any:
    from worker.socket import Socket

    return Socket._from_js(event.js.request)


_EVENTS: dict[str, Callable[[Event], Any]] = {
    "scheduled": _scheduled,
    "queue": _queue,
    "email": _email,
    "tail": _tail,
    "tail_stream": _tail_stream,
    "connect": _connect,
}


def _handler(kind: Any) -> Callable[[int, int], Any]:
    async def run(event: Event) -> Any:
        spec = _handler_of(kind)
        given = _EVENTS[kind](event)
        env, ctx = Env._from_event(event), Context._from_event(event)
        return await _finished(
            kind, given, await _call(spec.target, spec.is_async, given, env, ctx)
        )

    def handle(id: int, scope: int) -> Any:
        event = Event(id, scope)
        return event.settle(_logged(run(event)))

    return handle


# Classes


def construct(id: int, scope: int, name: str) -> Any:
    """Make the Python object of a Durable Object; its `setup` runs before any event reaches it."""
    from worker.durable.state import State

    event = Event(id, scope, lasting=True)
    spec = _spec(registry.exported(name), name)

    async def make() -> None:
        state = State._from_js(event.js.ctx)
        # It outlives this event.
        thing = _objects[scope] = spec.target(state, Env._from_js(event.js.env))
        if hasattr(thing, "setup"):
            await state.block_concurrency_while(thing.setup)

    return event.settle(_logged(make()))


def object_(id: int, scope: int, name: str, method: str, arguments: Any) -> Any:
    """Call a method of a Durable Object."""
    event = Event(id, scope, lasting=True)
    spec = _spec(registry.exported(name), name)
    return event.settle(_logged(_method(event, spec, _objects[scope], method, arguments)))


def object_fetch(id: int, scope: int, name: str, verb: str, url: str) -> Any:
    """Let a Durable Object answer a request."""
    event = Event(id, scope, lasting=True)
    spec = _spec(registry.exported(name), name)
    return event.start(_logged(_answer(event, spec, _objects[scope], verb, url)))


def drop(scope: int) -> None:
    """The JavaScript object is gone, and its Python object with it."""
    _objects.pop(scope, None)
    events.forget(scope)


def entrypoint(id: int, scope: int, name: str, method: str, arguments: Any) -> Any:
    """Call a method of an RPC entrypoint, on an object made for this call."""
    event = Event(id, scope)
    spec = _spec(registry.exported(name), name)

    async def run() -> Any:
        return await _method(event, spec, _made(spec, event), method, arguments)

    return event.settle(_logged(run()))


def entrypoint_fetch(id: int, scope: int, name: str, verb: str, url: str) -> Any:
    """Let an RPC entrypoint answer a request, with an object made for this call."""
    event = Event(id, scope)
    spec = _spec(registry.exported(name), name)

    async def run() -> Any:
        return await _answer(event, spec, _made(spec, event), verb, url)

    return event.start(_logged(run()))


def workflow(id: int, scope: int, name: str, step: Any) -> Any:
    """Run a workflow."""
    from worker.workflow import WorkflowEvent, WorkflowStep

    event = Event(id, scope)
    spec = _spec(registry.exported(name), name)

    async def run() -> Any:
        made = WorkflowEvent._from_js(event.js.request), WorkflowStep._from_js(step)
        return convert.to_js(await _made(spec, event).run(*made))

    return event.settle(_logged(run()))


def _made(spec: Spec, event: Event) -> Any:
    """The object that answers one call."""
    return spec.target(Context._from_event(event), Env._from_event(event))


async def _method(event: Event, spec: Spec, thing: Any, name: str, arguments: Any) -> Any:
    method = _declared(spec, name)
    call = getattr(thing, method.attribute)
    if method.role == "rpc":
        given = [rpc.arriving(argument) for argument in arguments]
        result = await _call(call, method.is_async, *given)
        return convert.to_js(rpc.leaving(result, returned=True))
    given = _told(event, method, arguments)
    result = await _call(call, method.is_async, *given)
    return await _finished(method.attribute, next(iter(given), None), result)


async def _finished(kind: str, given: Any, result: Any) -> Any:
    """What the platform gets once an event's handler has returned: nothing, but of one kind."""
    if kind == "email":
        await given._settled()
    if kind == "tail_stream":
        from worker.tail_stream import listener

        return listener(result)
    return None


async def _answer(event: Event, spec: Spec, thing: Any, verb: str, url: str) -> Any:
    request = Request._from_event(event, verb, url)
    method = _declared(spec, "fetch")
    handler = getattr(thing, method.attribute)
    try:
        return _response(await _call(handler, method.is_async, request), handler)
    except Exception as error:
        mistake = _mistake(error)
        if mistake is None:
            raise
        return mistake


def _declared(spec: Spec, name: str) -> Method:
    method = spec.method(name)
    assert method is not None  # noqa: S101  the shim defines the spec's methods alone
    return method


def _told(event: Event, method: Method, arguments: Any) -> list[Any]:
    """The arguments of a lifecycle handler, as Python values."""
    if method.attribute in _EVENTS:
        return [_EVENTS[method.attribute](event)]
    if method.name == "alarm":
        from worker.durable.alarms import AlarmInfo

        given = [AlarmInfo._from_js(arguments[0] if len(arguments) else None)]
        return given[: method.arguments]
    from worker.websocket import WebSocket

    socket, *rest = arguments
    return [WebSocket._from_js(socket), *(convert.to_py(value) for value in rest)]


@cache
def _handler_of(kind: Kind) -> Spec:
    return _spec(registry.handler(kind), kind)


def _spec(spec: Spec | None, name: str) -> Spec:
    if spec is None:
        raise LookupError(
            f"the image has no entry point {name!r}: the bundle's files do not belong together"
        )
    return spec


async def _call(function: Callable[..., Any], is_async: bool, *arguments: Any) -> Any:
    """Call a handler: a plain one where it may use `run_sync`."""
    if is_async:
        return await function(*arguments)
    result = await call_plain(function, *arguments)
    return await result if inspect.isawaitable(result) else result


async def _logged(coro: Coroutine[Any, Any, Any]) -> Any:
    """Log what fails with its traceback; the platform is told as well."""
    try:
        return await coro
    except Exception as error:
        log_failure(error)
        raise
