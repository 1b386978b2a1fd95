"""The shim's door into Python: one function for each kind of call that JavaScript makes.

Each takes the JavaScript half of an event and returns the finished answer, or None when the answer
comes, or has come, through the event's promise. Nothing else in `worker` is called by the shim.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from worker_macros import registry
from worker_macros.registry import JS_NAMES, Method, Spec
from worker_sys import _entropy, convert, events
from worker_sys._loop import timer
from worker_sys.events import PENDING, Event

from worker import rpc
from worker._failures import log_failure
from worker.context import Context
from worker.env import Env
from worker.request import Request
from worker.response import Response

_objects: dict[int, Any] = {}
"""Durable Objects by the id of their scope."""


def door() -> dict[str, Any]:
    """Everything that JavaScript may call; `plain` names the handlers that may block."""
    handlers = [spec for spec in registry.specs() if spec.kind in _EVENTS or spec.kind == "fetch"]
    return {
        "begin": begin,
        "fetch": fetch,
        **{JS_NAMES.get(kind, kind): _handler(kind) for kind in _EVENTS},
        "construct": construct,
        "object": object_,
        "drop": drop,
        "entrypoint": entrypoint,
        "workflow": workflow,
        "drain": events.drain,
        "timer": timer,
        "stuck": events.stuck,
        "plain": [JS_NAMES.get(spec.kind, spec.kind) for spec in handlers if not spec.is_async],
    }


def begin() -> None:
    """Before the first event of an interpreter: fresh randomness, then the start handlers."""
    _entropy.reseed()
    for spec in registry.starts():
        spec.target()


# Events


def fetch(js_event: Any, method: str, url: str) -> Any:
    """Answer a request with a JavaScript Response."""
    event = Event(js_event)
    result = event.start(_fetch(event, method, url))
    return None if result is PENDING else result


async def _fetch(event: Event, method: str, url: str) -> Any:
    spec = _spec(registry.handler("fetch"), "fetch")
    try:
        request = Request._from_event(event, method, url)
        answer = spec.target(request, Env._from_js(event.js.env), Context._from_event(event))
        return _response(await answer if isinstance(answer, Awaitable) else answer)
    except Exception as error:  # noqa: BLE001  a failure is an answer too
        log_failure(error)
        told = spec.options.get("respond_with_errors", False)
        return Response.error(str(error) if told else "INTERNAL SERVER ERROR", 500)._to_js()


def _response(answer: Any) -> Any:
    if isinstance(answer, Response):
        return answer._to_js()
    error = TypeError(f"a fetch handler returned {type(answer).__name__}, not a Response")
    error.add_note("Return Response.ok(text), Response.from_json(value), or another Response.")
    raise error


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


def _handler(kind: Any) -> Callable[[Any], None]:
    async def run(event: Event) -> Any:
        spec = _spec(registry.handler(kind), kind)
        given = _EVENTS[kind](event)
        env, ctx = Env._from_js(event.js.env), Context._from_event(event)
        return await _finished(kind, given, await _call(spec.target, given, env, ctx))

    def handle(js_event: Any) -> None:
        event = Event(js_event)
        _settle(event, _logged(run(event)))

    return handle


# Classes


def construct(js_event: Any, name: str) -> None:
    """Make the Python object of a Durable Object; its `setup` runs before any event reaches it."""
    from worker.durable.state import State

    event = Event(js_event, lasting=True)
    spec = _spec(registry.exported(name), name)
    state = State._from_js(js_event.ctx)

    async def make() -> None:
        thing = _objects[event.scope.id] = spec.target(state, Env._from_js(js_event.env))
        if hasattr(thing, "setup"):
            await state.block_concurrency_while(thing.setup)

    _settle(event, _logged(make()))


def object_(js_event: Any, id: int, name: str, method: str, arguments: Any) -> None:
    """Call a method of a Durable Object."""
    event = Event(js_event, lasting=True)
    spec = _spec(registry.exported(name), name)
    _settle(event, _logged(_method(event, spec, _objects[id], method, arguments)))


def drop(id: int) -> None:
    """The JavaScript object is gone, and its Python object with it."""
    _objects.pop(id, None)
    events.forget(id)


def entrypoint(js_event: Any, name: str, method: str, arguments: Any) -> None:
    """Call a method of an RPC entrypoint, on an object made for this call."""
    event = Event(js_event)
    spec = _spec(registry.exported(name), name)

    async def run() -> Any:
        thing = spec.target(Context._from_event(event), Env._from_js(js_event.env))
        return await _method(event, spec, thing, method, arguments)

    _settle(event, _logged(run()))


def workflow(js_event: Any, name: str, step: Any) -> None:
    """Run a workflow."""
    from worker.workflow import WorkflowEvent, WorkflowStep

    event = Event(js_event)
    spec = _spec(registry.exported(name), name)

    async def run() -> Any:
        thing = spec.target(Context._from_event(event), Env._from_js(js_event.env))
        result = await thing.run(
            WorkflowEvent._from_js(js_event.request), WorkflowStep._from_js(step)
        )
        return convert.to_js(result)

    _settle(event, _logged(run()))


async def _method(event: Event, spec: Spec, thing: Any, name: str, arguments: Any) -> Any:
    method = spec.method(name)
    assert method is not None  # noqa: S101  the shim defines the spec's methods alone
    call = getattr(thing, method.attribute)
    if method.role == "rpc":
        result = await _call(call, *(rpc.arriving(argument) for argument in arguments))
        return convert.to_js(rpc.leaving(result, returned=True))
    if name == "fetch":
        js_request = event.js.request
        request = Request._from_event(event, js_request.method, js_request.url)
        return _response(await _call(call, request))
    given = _told(event, method, arguments)
    result = await _call(call, *given)
    return await _finished(method.attribute, next(iter(given), None), result)


async def _finished(kind: str, given: Any, result: Any) -> Any:
    """What the platform gets once an event's handler has returned: nothing, but of one kind."""
    if kind == "email":
        await given._settled()
    if kind == "tail_stream":
        from worker.tail_stream import listener

        return listener(result)
    return None


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


def _spec(spec: Spec | None, name: str) -> Spec:
    if spec is None:
        raise LookupError(
            f"the image has no entry point {name!r}: the bundle's files do not belong together"
        )
    return spec


async def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    result = function(*arguments)
    return await result if inspect.isawaitable(result) else result


async def _logged(coro: Coroutine[Any, Any, Any]) -> Any:
    """Log what fails with its traceback; the platform is told as well."""
    try:
        return await coro
    except Exception as error:
        log_failure(error)
        raise


def _settle(event: Event, coro: Coroutine[Any, Any, Any]) -> None:
    """Answer through the event's promise, also when the answer is there at once."""
    event.settle(coro)
