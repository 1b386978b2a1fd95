"""Calling the public methods of another worker's class, or of a Durable Object.

Arguments, results and exceptions are Python values on both sides. What cannot be copied crosses as
a stub: a function that was passed or returned can be called, and the call runs where it came from.

Source: https://developers.cloudflare.com/workers/runtime-apis/rpc/
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import FunctionType, MethodType, TracebackType
from typing import Any, Final, Self, cast

from worker_sys import aio, calls, convert, errors, js, proxies

from worker._handle import Handle

__all__ = ["RpcMember", "RpcStub", "arriving", "lasting", "leaving"]


class RpcMember:
    """A method of the other side, called with positional arguments; or a property, awaited itself.

    Which of the two it is, and whether it is there at all, is known when it is called or awaited.
    """

    __slots__ = ("__name__", "__qualname__", "_target")

    def __init__(self, target: Any, name: str, qualified: str) -> None:
        self._target = target
        self.__name__ = name
        self.__qualname__ = qualified

    async def __call__(self, *arguments: Any) -> Any:
        """Call the method.

        Raises:
            Error: what it raised.
        """
        sent = [leaving(argument) for argument in arguments]
        return arriving(await calls.acall(self._target, self.__name__, *sent))

    def __await__(self) -> Generator[Any, Any, Any]:
        """Read the property."""
        return self._read().__await__()

    async def _read(self) -> Any:
        return arriving(await calls.acall(js.runtime, "property", self._target, self.__name__))

    def __repr__(self) -> str:
        """For logs."""
        return f"<{self.__qualname__} of another worker>"


class RpcStub(Handle):
    """Something of another worker or object that can be called: `await stub.add(3, 4)`.

    Every attribute is a method of the other side, or a property (`await stub.size`); whether it
    exists is known when it is called or awaited. A function that crossed is a stub too, and is
    called itself: `await stub(1)`. A stub that came in an argument ends with the call that brought
    it; one that came in a result lives until the event ends, or until `with stub:` or `dispose()`
    lets it go.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> RpcMember:
        """What the other side has under that name: `await stub.add(3, 4)`, `await stub.size`.

        Raises:
            AttributeError: the name begins with `_`, which no stub can reach.
        """
        if name.startswith("_") or name == "js":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return RpcMember(self.js, name, f"{type(self).__name__}.{name}")

    async def __call__(self, *arguments: Any) -> Any:
        """Call the function that this stub stands for.

        Raises:
            Error: what it raised.
        """
        sent = [convert.to_js(leaving(argument)) for argument in arguments]
        try:
            promise = self.js(*sent)
        except js.JsException as error:
            failure = errors.from_js(error)
            raise failure from failure.__cause__
        return arriving(await aio.wait(promise))

    def dispose(self) -> None:
        """Let go of what this stub holds on the other side; it cannot be used afterwards."""
        release = js.Reflect.get(self.js, js.Symbol.dispose)
        if release is not None:
            js.Reflect.apply(release, self.js, js.Array.new())

    def __enter__(self) -> Self:
        """The stub itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of what it holds."""
        self.dispose()


def leaving(value: Any, *, returned: bool = False) -> Any:
    """A value on its way to another worker: functions become callable from there.

    Args:
        value: an argument or a result.
        returned: it is a result, so that a function in it must outlive the call that made it: until
            the other side lets go of its stub.
    """
    if isinstance(value, FunctionType | MethodType):
        return lasting(value) if returned else _function(value)
    if isinstance(value, dict):
        items = cast("dict[Any, Any]", value)
        return {key: leaving(item, returned=returned) for key, item in items.items()}
    if isinstance(value, list | tuple):
        return [leaving(item, returned=returned) for item in cast("list[Any]", value)]
    return _object(value)


def _function(function: Callable[..., Any]) -> Any:
    async def call(*given: Any) -> Any:
        result = function(*(arriving(value) for value in given))
        if isinstance(result, Coroutine):
            result = await cast("Coroutine[Any, Any, Any]", result)
        return leaving(result, returned=True)

    return proxies.callback(call, aio.current_event())


def lasting(function: Callable[..., Any]) -> Any:
    """A function that keeps its event alive until the platform disposes of it."""
    event = aio.current_event()
    proxy = _function(function)
    if event is None:
        return proxy
    return js.runtime.disposable(proxy, proxies.one_shot(event.keep()))


def _object(value: Any) -> Any:
    """A Request, Response or other handle as the JavaScript object it stands for."""
    if isinstance(value, Handle):
        return value.js
    return value._to_js() if hasattr(value, "_to_js") else value


def arriving(value: Any) -> Any:
    """A value that came from another worker, with handles for what crosses by reference."""
    return _wrapped(convert.to_py(value))


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        items = cast("dict[Any, Any]", value)
        for key, item in items.items():
            items[key] = _wrapped(item)
        return items
    if isinstance(value, list):
        return [_wrapped(item) for item in cast("list[Any]", value)]
    return _handle(value) if js.IN_WORKER and isinstance(value, js.ffi.JsProxy) else value


def _handle(proxy: Any) -> Any:
    """The handle for a JavaScript object that crosses by reference, by the name of its class.

    What has no handle of its own is a stub, so that the methods of a class that runs in this very
    worker (a product's, behind a binding) are called with Python values too.
    """
    name = str(getattr(getattr(proxy, "constructor", None), "name", ""))
    return _HANDLES.get(name, RpcStub._from_js)(proxy)


def _request(proxy: Any) -> Any:
    from worker.request import Request

    return Request._from_js(proxy)


def _response(proxy: Any) -> Any:
    from worker.response import Response

    return Response._from_js(proxy)


def _headers(proxy: Any) -> Any:
    from worker.headers import Headers

    return Headers._from_js(proxy, immutable=False)


def _readable(proxy: Any) -> Any:
    from worker.streams import ByteStream

    return ByteStream._from_js(proxy)


def _writable(proxy: Any) -> Any:
    from worker.streams import WritableStream

    return WritableStream._from_js(proxy)


def _blob(proxy: Any) -> Any:
    from worker.blob import Blob

    return Blob._from_js(proxy)


_HANDLES: Final[dict[str, Callable[[Any], Any]]] = {
    "Blob": _blob,
    "Headers": _headers,
    "ReadableStream": _readable,
    "Request": _request,
    "Response": _response,
    "RpcPromise": RpcStub._from_js,
    "RpcStub": RpcStub._from_js,
    "WritableStream": _writable,
}
