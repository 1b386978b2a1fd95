"""What a handler may ask of its own invocation: to go on after the answer, to let failures through.

Source: workers-rs `Context`; https://developers.cloudflare.com/workers/runtime-apis/context/
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, final, overload

from worker_sys import calls, convert, js
from worker_sys.aio import Event, current_event
from worker_sys.errors import to_js

from worker._handle import Handle, OfEvent
from worker.service import Fetcher

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from worker.durable.namespace import ObjectNamespace, ObjectStub

__all__ = ["Access", "CachePurgeResult", "Context", "Exports"]


@final
class Context(OfEvent):
    """The context of one invocation, the third argument of every handler.

    Source: workers-rs `Context`; https://developers.cloudflare.com/workers/runtime-apis/context/
    """

    __slots__ = ("_passes",)

    @classmethod
    def _from_js(cls, js: Any) -> Self:
        handle = super()._from_js(js)
        handle._event = current_event()
        return handle

    @property
    def _passes_through(self) -> bool:
        """Whether the platform is to see a failure, and not an answer about it."""
        return getattr(self, "_passes", False)

    @classmethod
    def _look_up(cls, event: Event) -> Any:
        return event.js.ctx

    def wait_until(self, awaitable: Awaitable[object]) -> None:
        """Let `awaitable` finish after the answer is sent, for up to 30 seconds.

        It starts at once and runs beside the handler. An exception in it is logged with its
        traceback, and the platform counts the invocation as failed; the answer is not touched.

        Args:
            awaitable: a coroutine, a task, or anything else that can be awaited.

        Source: workers-rs `Context::wait_until`;
        https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil
        """
        release = None if self._event is None else self._event.keep()
        done = js.Promise.withResolvers()

        async def run() -> None:
            try:
                await awaitable
            except BaseException as error:
                done.reject(to_js(error))
                raise
            else:
                done.resolve()
            finally:
                if release is not None:
                    release()

        task = asyncio.ensure_future(run())
        task.add_done_callback(_log_failure)
        calls.call(self.js, "waitUntil", done.promise)

    def pass_through_on_exception(self) -> None:
        """Send the request to the origin when the handler fails, instead of a 500.

        The request's body must not have been read. A worker without an origin behind it (on
        workers.dev, say) has nowhere to send it.

        Source: workers-rs `Context::pass_through_on_exception`;
        https://developers.cloudflare.com/workers/runtime-apis/context/#passthroughonexception
        """
        calls.call(self.js, "passThroughOnException")
        self._passes = True

    @overload
    def props(self) -> Any: ...
    @overload
    def props[T](self, type: TypeForm[T]) -> T: ...
    def props(self, type: Any = None) -> Any:
        """What the caller's service binding passes in its `props`.

        Args:
            type: the type to decode to; plain Python values when not given.

        Returns:
            The properties; `{}` or None when the caller gave none.

        Raises:
            DecodeError: they are not of that type.

        Source: workers-rs `Context::props`;
        https://developers.cloudflare.com/workers/runtime-apis/context/#props
        """
        value = convert.to_py(getattr(self.js, "props", None))
        return value if type is None else convert.decode(value, type)

    @property
    def exports(self) -> Exports:
        """This worker's own entrypoints and Durable Object classes, bound to itself."""
        return Exports._from_js(getattr(self.js, "exports", None))

    @property
    def access(self) -> Access | None:
        """Who Cloudflare Access let in; None where Access does not guard this worker."""
        found = getattr(self.js, "access", None)
        return None if found is None else Access._from_js(found)

    async def purge_cache(
        self,
        *,
        tags: Iterable[str] | None = None,
        path_prefixes: Iterable[str] | None = None,
        purge_everything: bool | None = None,
    ) -> CachePurgeResult:
        """Remove this worker's responses from Cloudflare's cache.

        Args:
            tags: what carries one of these cache tags.
            path_prefixes: what lies under one of these paths.
            purge_everything: all of it.

        Raises:
            JsError: the platform refused, or has no cache for this worker.

        Source: https://developers.cloudflare.com/workers/cache/
        """
        options = convert.options(
            tags=None if tags is None else list(tags),
            pathPrefixes=None if path_prefixes is None else list(path_prefixes),
            purgeEverything=purge_everything,
        )
        result = convert.to_py(await calls.acall(self.js.cache, "purge", options))
        problems = tuple((entry["code"], entry["message"]) for entry in result.get("errors") or ())
        return CachePurgeResult(success=result["success"], errors=problems)


@dataclass(frozen=True, slots=True)
class CachePurgeResult:
    """What came of a purge.

    Attributes:
        success: whether all of it was done.
        errors: code and message of what was not.
    """

    success: bool
    errors: tuple[tuple[int, str], ...] = ()


@final
class Exports(Handle):
    """What this worker exports, as bindings to itself (compatibility flag `enable_ctx_exports`).

    Source: https://developers.cloudflare.com/workers/runtime-apis/context/#exports
    """

    __slots__ = ()

    def service(self, name: str = "default", *, props: Any = None) -> Fetcher:
        """An entrypoint of this worker.

        Args:
            name: the exported class, `default` for the default export.
            props: what its `ctx.props()` is to be.
        """
        export = js.Reflect.get(self.js, name)
        if props is None:
            return Fetcher._from_js(export)
        return Fetcher._from_js(calls.call(self.js, name, convert.options(props=props)))

    @overload
    def durable_object(self, name: str) -> ObjectNamespace[ObjectStub]: ...
    @overload
    def durable_object[T](self, name: str, cls: type[T]) -> ObjectNamespace[T]: ...
    def durable_object(self, name: str, cls: type[Any] | None = None) -> ObjectNamespace[Any]:
        """The namespace of a Durable Object class of this worker.

        Args:
            name: the exported class.
            cls: the class itself, for type checkers.
        """
        from worker.durable.namespace import ObjectNamespace

        return ObjectNamespace[Any]._from_js(js.Reflect.get(self.js, name))


@final
class Access(Handle):
    """The visitor as Cloudflare Access knows them.

    Source: https://developers.cloudflare.com/cloudflare-one/access-controls/
    """

    __slots__ = ()

    @property
    def aud(self) -> str:
        """The audience tag of the Access application."""
        return convert.to_py(self.js.aud)

    @overload
    async def identity(self) -> dict[str, Any] | None: ...
    @overload
    async def identity[T](self, type: TypeForm[T]) -> T | None: ...
    async def identity(self, type: Any = None) -> Any:
        """The visitor's identity, None for a service token.

        Args:
            type: the type to decode to; a dict under the names of Access (`email`, `groups`,
                `user_uuid`, `devicePosture` …) when not given.

        Raises:
            DecodeError: it is not of that type.
        """
        found = convert.to_py(await calls.acall(self.js, "getIdentity"))
        return found if found is None or type is None else convert.decode(found, type)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "an exception in ctx.wait_until(…)", "exception": error, "task": task}
        )
