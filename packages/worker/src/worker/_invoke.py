"""From a call of the shim to the user's function or object, and back to a JavaScript value.

Each function is the body of one event: a coroutine that gives what JavaScript shall see. Durable
Objects live here between their events; entry points and workflows are made for each call.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Awaitable
from typing import Any, Final, cast

from worker_macros import registry
from worker_macros.registry import Kind, Spec
from worker_sys import convert, js
from worker_sys.events import Event

from worker import rpc
from worker._arguments import arguments, subject
from worker.context import Context
from worker.durable.closures import run_async
from worker.durable.state import State
from worker.env import Env

__all__ = ["call_entrypoint", "call_object", "construct", "drop", "handle", "run_workflow"]

_objects: Final[dict[int, tuple[Spec, Any]]] = {}
"""Every Durable Object of this interpreter by the number of its scope."""


async def handle(event: Event, kind: Kind) -> Any:
    """Run the `@event` function of that kind."""
    spec = registry.handler(kind)
    if spec is None:
        raise _stale(f"the shim exports {kind}, which no function handles")
    try:
        given = subject(kind, event, event.js.request)
        env = Env._from_js(event.js.env)
        await _finished(spec.target(given, env, Context._from_event(event)))
    except Exception as error:
        _log(error)
        raise
    return js.ffi.jsnull


async def construct(event: Event, name: str) -> Any:
    """Make the Python object of a Durable Object, and let its `setup` run before other events."""
    spec = _exported(name)
    state = event.js.ctx
    try:
        instance = spec.target(State._from_js(state), Env._from_js(event.js.env))
        _objects[event.scope.id] = (spec, instance)
        setup = getattr(instance, "setup", None)
        if setup is not None:
            await run_async(state, "blockConcurrencyWhile", lambda _: _finished(setup()))
    except Exception as error:
        _log(error)
        raise
    return js.ffi.jsnull


def drop(scope_id: int) -> None:
    """Forget an object whose JavaScript half is gone."""
    _objects.pop(scope_id, None)


async def call_object(event: Event, scope_id: int, name: str, given: Any) -> Any:
    """Call a handler or RPC method of a Durable Object."""
    spec, instance = _objects[scope_id]
    return await _call(event, spec, instance, name, given)


async def call_entrypoint(event: Event, export: str, name: str, given: Any) -> Any:
    """Make a `WorkerEntrypoint` object and call one of its methods."""
    spec = _exported(export)
    instance = spec.target(Context._from_event(event), Env._from_js(event.js.env))
    return await _call(event, spec, instance, name, given)


async def run_workflow(event: Event, export: str, step: Any) -> Any:
    """Run a workflow from its start; steps that are done give their stored results."""
    from worker.workflow import WorkflowEvent, WorkflowStep

    spec = _exported(export)
    instance = spec.target(Context._from_event(event), Env._from_js(event.js.env))
    try:
        result = instance.run(WorkflowEvent._from_js(event.js.request), WorkflowStep._from_js(step))
        return _answer(await _finished(result))
    except Exception as error:
        _log(error)
        raise


def _exported(name: str) -> Spec:
    spec = registry.exported(name)
    if spec is None:
        raise _stale(f"the shim exports {name}, which is no class of the app")
    return spec


def _stale(what: str) -> RuntimeError:
    """The shim and the image come from different builds."""
    error = RuntimeError(what)
    error.add_note("Build the project again: the bundle's files do not belong together.")
    return error


async def _call(event: Event, spec: Spec, instance: Any, name: str, given: Any) -> Any:
    method = spec.method(name)
    if method is None:
        raise _stale(f"the shim calls {spec.name}.{name}, which the class does not define")
    try:
        call = getattr(instance, method.attribute)
        result = await _finished(call(*arguments(method, event, list(given))))
        if name == "fetch":
            return result._to_js()
        return _answer(result) if method.role == "rpc" else js.ffi.jsnull
    except Exception as error:
        _log(error)
        raise


async def _finished(result: object) -> Any:
    """The result of a handler, which may be an `async def` or a `def`."""
    return await cast("Awaitable[Any]", result) if isinstance(result, Awaitable) else result


def _answer(value: object) -> Any:
    """A value as the shim takes it: None is JavaScript's null, since undefined means not yet."""
    return js.ffi.jsnull if value is None else convert.to_js(rpc.leaving(value))


def _log(error: BaseException) -> None:
    traceback.print_exception(error, file=sys.stderr)
