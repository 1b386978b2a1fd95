"""The handlers of a worker: `@event.fetch`, `@event.scheduled` and the other events.

Each decorator checks the function where it stands, records it and gives it back unchanged, so that
it can be called and tested like any function. Handlers may be `async def` or `def`.

Source: workers-rs `#[event(…)]`;
https://developers.cloudflare.com/workers/runtime-apis/handlers/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, overload

from worker_macros import registry
from worker_macros.registry import Kind, Spec
from worker_macros.signature import arity, is_async, refuse, where

__all__ = ["connect", "email", "fetch", "queue", "scheduled", "start", "tail", "tail_stream"]

type _Handler = Callable[[Any, Any, Any], Any]

_PARAMETERS: Final[dict[str, tuple[str, str]]] = {
    "fetch": ("req: Request, env: Env, ctx: Context", "Response"),
    "scheduled": ("event: ScheduledEvent, env: Env, ctx: Context", "None"),
    "queue": ("batch: MessageBatch, env: Env, ctx: Context", "None"),
    "email": ("message: ForwardableEmailMessage, env: Env, ctx: Context", "None"),
    "tail": ("events: list[TraceItem], env: Env, ctx: Context", "None"),
    "tail_stream": ("onset: TailEvent, env: Env, ctx: Context", "TailListener"),
    "connect": ("socket: Socket, env: Env, ctx: Context", "None"),
}


@overload
def fetch[F: _Handler](handler: F, /) -> F: ...
@overload
def fetch[F: _Handler](*, respond_with_errors: bool = ...) -> Callable[[F], F]: ...
def fetch[F: _Handler](
    handler: F | None = None, /, *, respond_with_errors: bool = False
) -> F | Callable[[F], F]:
    """Answer HTTP requests: `async def main(req, env, ctx) -> Response`.

    Args:
        handler: the function, when the decorator is used bare.
        respond_with_errors: answer an uncaught exception with its text as a 500. Without it the
            body is a plain `INTERNAL SERVER ERROR`. The traceback is logged either way. What the
            client did wrong is no such exception: `ValidationError` is answered with 422, a body
            that is not JSON or no form with 400, each with a JSON list of the problems.

    Raises:
        SignatureError: the function does not take exactly three arguments.

    Source: workers-rs `#[event(fetch)]`, `#[event(fetch, respond_with_errors)]`;
    https://developers.cloudflare.com/workers/runtime-apis/handlers/fetch/
    """

    def apply(function: F) -> F:
        return _record("fetch", function, {"respond_with_errors": respond_with_errors})

    return apply if handler is None else apply(handler)


def scheduled[F: _Handler](handler: F, /) -> F:
    """Run on a cron trigger: `async def tick(event, env, ctx) -> None`.

    An uncaught exception marks the run as failed.

    Raises:
        SignatureError: the function does not take exactly three arguments.

    Source: workers-rs `#[event(scheduled)]`;
    https://developers.cloudflare.com/workers/runtime-apis/handlers/scheduled/
    """
    return _record("scheduled", handler)


def queue[F: _Handler](handler: F, /) -> F:
    """Consume a batch from a queue: `async def consume(batch, env, ctx) -> None`.

    A normal return acknowledges the batch, an uncaught exception has it delivered again.

    Raises:
        SignatureError: the function does not take exactly three arguments.

    Source: workers-rs `#[event(queue)]`;
    https://developers.cloudflare.com/queues/configuration/javascript-apis/#consumer
    """
    return _record("queue", handler)


def email[F: _Handler](handler: F, /) -> F:
    """Receive an email: `async def receive(message, env, ctx) -> None`.

    Raises:
        SignatureError: the function does not take exactly three arguments.

    Source: workers-rs `#[event(email)]`;
    https://developers.cloudflare.com/email-routing/email-workers/runtime-api/
    """
    return _record("email", handler)


def tail[F: _Handler](handler: F, /) -> F:
    """Read what other workers did: `async def watch(events, env, ctx) -> None`.

    `events` is a list of `TraceItem`, one for each event of a worker that this one tails.

    Raises:
        SignatureError: the function does not take exactly three arguments.

    Source: https://developers.cloudflare.com/workers/runtime-apis/handlers/tail/
    """
    return _record("tail", handler)


def tail_stream[F: _Handler](handler: F, /) -> F:
    """Watch other workers while they run: `async def watch(onset, env, ctx) -> TailListener`.

    It is called with the onset of each invocation of a worker that this one tails, and returns the
    function that gets every later event of that invocation, the outcome last; None to get no more.
    The platform has this behind the compatibility flag `streaming_tail_worker`.

    Raises:
        SignatureError: the function does not take exactly three arguments.

    Source: `tailStream` of `ExportedHandler` in @cloudflare/workers-types;
    https://developers.cloudflare.com/workers/observability/logs/tail-workers/
    """
    return _record("tail_stream", handler)


def connect[F: _Handler](handler: F, /) -> F:
    """Serve an inbound TCP connection: `async def serve(socket, env, ctx) -> None`.

    The connection stays open until the handler returns. The platform has this behind the
    compatibility flag `experimental` only, which a local runtime takes and a deployment does not;
    without it, every connection is refused.

    Raises:
        SignatureError: the function does not take exactly three arguments.

    Source: https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/
    """
    return _record("connect", handler)


def start[F: Callable[[], None]](function: F, /) -> F:
    """Run once for each instance of the worker, before its first event.

    It runs inside the first event, after the heap was restored and reseeded: the place for what
    must differ between instances (random state, the clock). What can be shared belongs in the
    image: do it at import. Several are allowed and run in the order in which they were written.

    Raises:
        SignatureError: the function is an `async def` or takes arguments.

    Source: workers-rs `#[event(start)]`
    """
    paste = f"@event.start\ndef {_name(function)}() -> None: ..."
    if not callable(function):
        raise refuse(function, "the `start` handler must be a function", paste)
    name = _name(function)
    if is_async(function):
        raise refuse(function, f"the `start` handler `{name}` must not be async", paste)
    taken = arity(function)
    if not taken.takes(0):
        raise refuse(
            function,
            f"the `start` handler `{name}` should be a function with 0 arguments but takes {taken}",
            paste,
        )
    registry.record(Spec("start", name, where(function), is_async=False, target=function))
    return function


def _name(function: object) -> str:
    return str(getattr(function, "__name__", "handler"))


def _record[F: _Handler](kind: Kind, function: F, options: dict[str, Any] | None = None) -> F:
    name = _name(function)
    parameters, result = _PARAMETERS[kind]
    paste = f"@event.{kind}\nasync def {name}({parameters}) -> {result}: ..."
    if not callable(function) or isinstance(function, type):
        raise refuse(function, f"the `{kind}` handler must be a function", paste)
    taken = arity(function)
    if not taken.takes(3):
        raise refuse(
            function,
            f"the `{kind}` handler `{name}` should be a function with 3 arguments"
            f" but takes {taken}",
            paste,
        )
    registry.record(
        Spec(
            kind,
            name,
            where(function),
            is_async=is_async(function),
            target=function,
            options=options or {},
        )
    )
    return function
