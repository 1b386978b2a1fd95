"""What a Durable Object is given: its identity, its storage, its sockets, its lifetime.

Source: workers-rs `State`; https://developers.cloudflare.com/durable-objects/api/state/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Never, TypeVar, final

from worker_sys import calls, convert, js

from worker.context import Context, Exports
from worker.durable.closures import run_async
from worker.durable.container import Container
from worker.durable.facets import Facets, ObjectClass
from worker.durable.hibernation import Hibernation
from worker.durable.namespace import ObjectId
from worker.durable.storage import Storage

__all__ = ["ObjectAbort", "State"]

T = TypeVar("T")


class ObjectAbort(BaseException):
    """The object is being thrown away; nothing it does from here on has an effect.

    A `BaseException`, so that `except Exception` cannot keep a dead object running.
    """


@final
class State(Hibernation):
    """The state of one Durable Object, given to its constructor.

    Source: workers-rs `State`; https://developers.cloudflare.com/durable-objects/api/state/
    """

    __slots__ = ()

    @property
    def id(self) -> ObjectId:
        """The identity of this object; `id.name` is None for an object with a unique id.

        Source: workers-rs `State::id`
        """
        return ObjectId._from_js(self.js.id)

    @property
    def storage(self) -> Storage:
        """What this object keeps.

        Source: workers-rs `State::storage`
        """
        return Storage._from_js(self.js.storage)

    @property
    def container(self) -> Container | None:
        """The container of this object; None when its class has none.

        Source: workers-rs `State::container`
        """
        container = getattr(self.js, "container", None)
        return None if convert.to_py(container) is None else Container._from_js(container)

    @property
    def facets(self) -> Facets:
        """Objects inside this one, each with a storage of its own.

        Source: https://developers.cloudflare.com/workers/runtime-apis/bindings/worker-loader/
        """
        return Facets._from_js(self.js.facets)

    @property
    def exports(self) -> Exports:
        """The entry points that this worker exports, to be called or given away.

        Source: https://developers.cloudflare.com/workers/runtime-apis/context/#exports
        """
        return Exports._from_js(self.js.exports)

    def object_class(self, name: str, *, props: Any = None) -> ObjectClass:
        """One of the worker's own Durable Object classes, to make facets from.

        Args:
            name: the class, as it is exported.
            props: what its objects read as `state.props`.

        Raises:
            JsError: the worker exports no class of that name.
        """
        options = convert.options(props=props)
        return ObjectClass._from_js(calls.call(self.js.exports, name, options))

    @property
    def props(self) -> Any:
        """What the one who made this object's class available gave along; None when nothing."""
        return convert.to_py(getattr(self.js, "props", None))

    def wait_until(self, awaitable: Awaitable[Any]) -> None:
        """Let a task outlive the call that started it.

        A Durable Object stays alive while it has work anyway, so this is seldom needed.

        Args:
            awaitable: a coroutine, a task or a future; its exception is logged.

        Source: workers-rs `State::wait_until`
        """
        Context._from_js(self.js).wait_until(awaitable)

    async def block_concurrency_while(self, body: Callable[[], Awaitable[T]]) -> T:
        """Run `body` while no other event reaches this object.

        Args:
            body: an async function. When it raises, the object is reset.

        Returns:
            What `body` returned.

        Raises:
            Exception: what `body` raised, unchanged.

        Source: https://developers.cloudflare.com/durable-objects/api/state/#blockconcurrencywhile
        """
        return await run_async(self.js, "blockConcurrencyWhile", lambda _: body())

    def abort(self, reason: str | None = None) -> Never:
        """Throw this object away: the call ends with an error, the next one makes a new object.

        Args:
            reason: the text that callers see.

        Raises:
            ObjectAbort: always; nothing after this call runs.

        Source: https://developers.cloudflare.com/durable-objects/api/state/#abort
        """
        arguments = () if reason is None else (reason,)
        calls.call(js.runtime, "abortObject", self.js, *arguments)
        raise ObjectAbort(reason or "the Durable Object was aborted")
