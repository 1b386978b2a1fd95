"""Workers that are chosen, or made, while running: dispatch namespaces and the worker loader.

Source: workers-rs `DynamicDispatcher`;
https://developers.cloudflare.com/cloudflare-for-platforms/workers-for-platforms/,
https://developers.cloudflare.com/workers/runtime-apis/bindings/worker-loader/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from worker_sys import calls, convert, proxies

from worker._handle import Handle
from worker.service import Fetcher

__all__ = [
    "DynamicDispatcher",
    "Limits",
    "WorkerCode",
    "WorkerLoader",
    "WorkerModule",
    "WorkerStub",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the other worker may use for one call.

    Attributes:
        cpu_ms: milliseconds of CPU.
        subrequests: requests that it may send.
    """

    cpu_ms: int | None = None
    subrequests: int | None = None

    def _to_options(self) -> Any:
        return convert.options(cpuMs=self.cpu_ms, subRequests=self.subrequests)


@final
class DynamicDispatcher(Handle):
    """The workers of a dispatch namespace, by name: `env.dynamic_dispatcher("CUSTOMERS")`.

    Source: workers-rs `DynamicDispatcher`;
    https://developers.cloudflare.com/cloudflare-for-platforms/workers-for-platforms/
    """

    __slots__ = ()

    def get(
        self,
        name: str,
        *,
        args: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
        outbound: Mapping[str, Any] | None = None,
    ) -> Fetcher:
        """A worker of the namespace. Whether it exists is known when it is called.

        Args:
            name: the worker's name.
            args: reserved by the platform; `{}` when not given.
            limits: what it may use.
            outbound: parameters for the outbound worker of the binding.

        Raises:
            JsError: when it is called: there is no such worker.

        Source: workers-rs `DynamicDispatcher::get`
        """
        if args is None and limits is None and outbound is None:
            return Fetcher._from_js(calls.call(self.js, "get", name))
        options = convert.options(
            limits=None if limits is None else limits._to_options(),
            outbound=None if outbound is None else dict(outbound),
        )
        return Fetcher._from_js(calls.call(self.js, "get", name, dict(args or {}), options))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerModule:
    """One module of a worker to be loaded: exactly one of these is given.

    Attributes:
        js: JavaScript as an ES module.
        cjs: JavaScript as a CommonJS module.
        py: Python, for the platform's own Python.
        text: text to import.
        data: bytes to import.
        json: a value to import.
        wasm: a WebAssembly module.
    """

    js: str | None = None
    cjs: str | None = None
    py: str | None = None
    text: str | None = None
    data: bytes | None = None
    json: Any = None
    wasm: bytes | None = None

    def __post_init__(self) -> None:
        """Check that it is one module.

        Raises:
            ValueError: it has no source, or several.
        """
        given = [name for name in _SOURCES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a module has one source, not {' and '.join(given) or 'none'}")

    def _to_options(self) -> Any:
        return convert.options(**{name: getattr(self, name) for name in _SOURCES})


_SOURCES: Final = ("js", "cjs", "py", "text", "data", "json", "wasm")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerCode:
    """A worker to be loaded.

    Attributes:
        main_module: the name of the module that exports the handlers.
        modules: sources by name (`index.js`, `app.py`): text, or a `WorkerModule`.
        compatibility_date: as in a wrangler file.
        compatibility_flags: as in a wrangler file.
        allow_experimental: whether experimental flags may be used.
        limits: what it may use.
        env: its environment: plain values, and bindings of this worker to hand on.
        global_outbound: where its `fetch` goes.
        no_outbound: whether it has no network at all; `global_outbound` is then not given.
        tails: workers that receive its logs.
        streaming_tails: workers that receive its logs as they come.
    """

    main_module: str
    modules: Mapping[str, str | WorkerModule]
    compatibility_date: str
    compatibility_flags: Sequence[str] | None = None
    allow_experimental: bool | None = None
    limits: Limits | None = None
    env: Mapping[str, Any] | None = None
    global_outbound: Fetcher | None = None
    no_outbound: bool = False
    tails: Sequence[Fetcher] | None = None
    streaming_tails: Sequence[Fetcher] | None = None

    def _to_js(self) -> Any:
        code: dict[str, Any] = {
            "mainModule": self.main_module,
            "modules": {
                name: each if isinstance(each, str) else each._to_options()
                for name, each in self.modules.items()
            },
            "compatibilityDate": self.compatibility_date,
            "compatibilityFlags": _listed(self.compatibility_flags),
            "allowExperimental": self.allow_experimental,
            "limits": None if self.limits is None else self.limits._to_options(),
            "env": None if self.env is None else {k: _plain(v) for k, v in self.env.items()},
            "globalOutbound": None if self.global_outbound is None else self.global_outbound.js,
            "tails": _listed(self.tails),
            "streamingTails": _listed(self.streaming_tails),
        }
        given = {name: value for name, value in code.items() if value is not None}
        if self.no_outbound:
            given["globalOutbound"] = None
        return convert.to_js(given)


@final
class WorkerLoader(Handle):
    """Starts workers from source: `env.worker_loader("LOADER")`.

    Source: https://developers.cloudflare.com/workers/runtime-apis/bindings/worker-loader/
    """

    __slots__ = ()

    def load(self, code: WorkerCode) -> WorkerStub:
        """Start a worker for this once.

        Raises:
            JsError: when it is called: its source is wrong.
        """
        return WorkerStub._from_js(calls.call(self.js, "load", code._to_js()))

    def get(
        self, name: str | None, code: Callable[[], WorkerCode | Awaitable[WorkerCode]]
    ) -> WorkerStub:
        """A worker by name, started when it is not there yet.

        Args:
            name: the same name is the same worker, as long as the platform keeps it; None for a
                new one.
            code: gives its source when it must be started.

        Raises:
            JsError: when it is called: its source is wrong.
        """

        async def load() -> Any:
            made = code()
            return (await made if isinstance(made, Awaitable) else made)._to_js()

        return WorkerStub._from_js(calls.call(self.js, "get", name, proxies.one_shot(load)))


@final
class WorkerStub(Handle):
    """A worker that was loaded."""

    __slots__ = ()

    def entrypoint(
        self, name: str | None = None, *, props: Any = None, limits: Limits | None = None
    ) -> Fetcher:
        """One of its entrypoints.

        Args:
            name: the exported class; the default export when not given.
            props: what its `ctx.props()` is to be.
            limits: what it may use.
        """
        arguments = _entrypoint(name, props, limits)
        return Fetcher._from_js(calls.call(self.js, "getEntrypoint", *arguments))

    def durable_object_class(
        self, name: str | None = None, *, props: Any = None, limits: Limits | None = None
    ) -> Any:
        """One of its Durable Object classes, as a JavaScript object to make a facet of.

        Args:
            name: the exported class; the default export when not given.
            props: what its `ctx.props()` is to be.
            limits: what it may use.
        """
        arguments = _entrypoint(name, props, limits)
        return calls.call(self.js, "getDurableObjectClass", *arguments)


def _entrypoint(name: str | None, props: Any, limits: Limits | None) -> tuple[Any, ...]:
    options = convert.options(props=props, limits=None if limits is None else limits._to_options())
    return name or "default", options


def _plain(value: Any) -> Any:
    return value.js if isinstance(value, Handle) else value


def _listed(values: Sequence[Any] | None) -> list[Any] | None:
    return None if values is None else [_plain(value) for value in values]
