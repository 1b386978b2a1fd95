"""`@durable_object`: a class whose instances are Durable Objects.

Source: workers-rs `#[durable_object]`;
https://developers.cloudflare.com/durable-objects/api/base/
"""

from __future__ import annotations

from typing import Final

from worker_macros import registry
from worker_macros.methods import Handler, methods_of
from worker_macros.registry import Spec
from worker_macros.signature import arity, refuse, where

__all__ = ["durable_object"]

_HANDLERS: Final = {
    "fetch": Handler("fetch", "req: Request", (1,)),
    "connect": Handler("connect", "socket: Socket", (1,)),
    "alarm": Handler("alarm", "", (0, 1)),
    "websocket_message": Handler("webSocketMessage", "ws: WebSocket, message: str | bytes", (2,)),
    "websocket_close": Handler(
        "webSocketClose", "ws: WebSocket, code: int, reason: str, was_clean: bool", (4,)
    ),
    "websocket_error": Handler("webSocketError", "ws: WebSocket, error: Error", (2,)),
}
_NOT_CALLED: Final = frozenset({"setup"})
_TAKEN: Final = frozenset({"id", "name"})
_INIT: Final = "    def __init__(self, state: State, env: Env) -> None: ..."


def durable_object[C: type](cls: C, /) -> C:
    """Export a class as a Durable Object, with exactly the handlers it defines.

    The class takes `(state, env)`; an optional `setup()` runs before the first event, and no event
    reaches the object until it has finished. `fetch`, `connect`, `alarm`, `websocket_message`,
    `websocket_close` and `websocket_error` are called by the platform; every other public
    `async def` is callable through a stub. Names that begin with `_` are private. The class may
    subclass `worker.DurableObject`, which keeps `self.state` and `self.env`.

    Args:
        cls: the class. Its name is the `class_name` of the wrangler file.

    Returns:
        The class itself.

    Raises:
        SignatureError: the constructor, a handler or a public method has a shape that the platform
            could not call; the error names the line and the signature to write.

    Source: workers-rs `#[durable_object]`;
    https://developers.cloudflare.com/durable-objects/api/base/
    """
    if not isinstance(cls, type):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise refuse(
            cls,
            "`@durable_object` goes on a class",
            "@durable_object\nclass Counter(DurableObject): ...",
        )
    name = cls.__name__
    constructor = cls.__init__
    if constructor is object.__init__ and cls.__new__ is object.__new__:
        raise refuse(cls, f"the Durable Object `{name}` has no constructor for (state, env)", _INIT)
    if constructor is not object.__init__ and not arity(constructor).takes(3):
        taken = arity(constructor)
        raise refuse(
            constructor,
            f"the constructor of the Durable Object `{name}` should take (self, state, env)"
            f" but takes {taken} arguments",
            _INIT,
        )
    _check_setup(cls)
    methods = methods_of(cls, _HANDLERS, rpc=True, not_called=_NOT_CALLED, taken=_TAKEN)
    registry.record(Spec("object", name, where(cls), is_async=False, target=cls, methods=methods))
    return cls


def _check_setup(cls: type) -> None:
    setup = getattr(cls, "setup", None)
    if setup is not None and not arity(setup).takes(1):
        raise refuse(
            setup,
            f"`setup` of the Durable Object `{cls.__name__}` takes no arguments after `self`",
            "    async def setup(self) -> None: ...",
        )
