"""Which module a declaration goes to.

The `.d.ts` file is written product by product, so an area is a stretch of it: each entry names the
declaration that a stretch begins with. A new declaration falls into the area it is written in; an
entry whose declaration is gone stops the generator, with its name.
"""

from __future__ import annotations

from bisect import bisect_right

from .model import Declaration

_STRETCHES: tuple[tuple[str, str], ...] = (
    ("onmessage", "scope"),
    ("WebAssembly", "webassembly"),
    ("ServiceWorkerGlobalScope", "scope"),
    ("ColoLocalActorNamespace", "durable"),
    ("AnalyticsEngineDataset", "analytics"),
    ("Event", "events"),
    ("Blob", "blob"),
    ("CacheStorage", "cache"),
    ("Crypto", "crypto"),
    ("TextDecoder", "encoding"),
    ("ErrorEvent", "events"),
    ("FormData", "formdata"),
    ("ContentOptions", "html_rewriter"),
    ("FetchEvent", "fetch"),
    ("KVNamespaceListKey", "kv"),
    ("QueueContentType", "queue"),
    ("R2Error", "r2"),
    ("ScheduledEvent", "scheduled"),
    ("QueuingStrategy", "streams"),
    ("TracePreviewInfo", "trace"),
    ("URL", "url"),
    ("CloseEvent", "websocket"),
    ("SqlStorage", "durable"),
    ("Socket", "socket"),
    ("EventSource", "eventsource"),
    ("ExecOutput", "container"),
    ("MessagePort", "messaging"),
    ("LoopbackForExport", "rpc"),
    ("SyncKvStorage", "durable"),
    ("WorkerStub", "worker_loader"),
    ("Performance", "performance"),
    ("Tracing", "tracing"),
    ("CloudflareAccessIdentity", "access"),
    ("AgentMemoryMemoryType", "agent_memory"),
    ("AiSearchInternalError", "ai_search"),
    ("AiImageClassificationInput", "ai_models"),
    ("AiOptions", "ai"),
    ("GatewayRetries", "ai_gateway"),
    ("ArtifactsRepoInfo", "artifacts"),
    ("AutoRAGInternalError", "ai_search"),
    ("BrowserRunLifecycleEvent", "browser"),
    ("RequestInitCfProperties", "cf"),
    ("D1Meta", "d1"),
    ("Disposable", "rpc"),
    ("EmailSendResult", "email"),
    ("FlagshipEvaluationContext", "flagship"),
    ("HelloWorldBinding", "hello_world"),
    ("Hyperdrive", "hyperdrive"),
    ("ImageInfoResponse", "images"),
    ("MediaBinding", "media"),
    ("cloudflare:node", "node"),
    ("Params", "pages"),
    ("cloudflare:pipelines", "pipelines"),
    ("PubSubMessage", "pubsub"),
    ("RateLimitOptions", "rate_limit"),
    ("Rpc", "rpc"),
    ("Cloudflare", "workers"),
    ("SecretsStoreSecret", "secrets_store"),
    ("cloudflare:sockets", "socket"),
    ("StreamBinding", "stream"),
    ("MarkdownDocument", "markdown"),
    ("TailStream", "tail_stream"),
    ("VectorizeVectorMetadataValue", "vectorize"),
    ("WorkerVersionMetadata", "version_metadata"),
    ("WebSearchSearchOptions", "web_search"),
    ("DynamicDispatchLimits", "dispatch"),
    ("cloudflare:workflows", "workflows"),
)


class Areas:
    """Answers which area a line of the file belongs to."""

    def __init__(self, declarations: list[Declaration]) -> None:
        top = [declaration for declaration in declarations if not declaration.space]
        self._lines: list[int] = []
        self._names: list[str] = []
        position = 0
        for first, area in _STRETCHES:
            found = (i for i, d in enumerate(top) if i >= position and _begins(d, first))
            position = next(found, -1)
            if position < 0:
                raise LookupError(
                    f"areas.py: no declaration {first} after the previous stretch; "
                    f"name the one that {area} begins with now"
                )
            self._lines.append(top[position].line)
            self._names.append(area)

    def of(self, declaration: Declaration) -> str:
        """Return the area of a declaration."""
        return self._names[bisect_right(self._lines, declaration.line) - 1]

    def all(self) -> list[str]:
        """Return the areas in the order of the alphabet."""
        return sorted(set(self._names))


def _begins(declaration: Declaration, name: str) -> bool:
    # `Cloudflare` is an interface and a variable far above the namespace that begins the stretch.
    is_space = declaration.kind in {"namespace", "module"}
    return declaration.name == name and (name != "Cloudflare" or is_space)
