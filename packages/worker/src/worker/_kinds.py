"""The kinds of bindings: what the platform calls each, and how the wrangler file declares it.

A constructor's name proves little (services, assets, certificates and secrets are all `Fetcher`, a
product that runs as JavaScript is whatever its code calls it), so `refuted` speaks only where a
name belongs to one product alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["KINDS", "Kind", "accessors", "refuted"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of binding.

    Attributes:
        type_name: what the crate calls it in `Binding cannot be cast to the type …`.
        section: the wrangler section that declares it.
        template: the lines of that section, `{name}` standing for the binding's name.
        native: the constructor names that this kind may have.
    """

    type_name: str
    section: str
    template: str
    native: frozenset[str]

    def lines(self, name: str) -> str:
        """The lines of a `wrangler.toml` that declare a binding of this kind."""
        return self.template.replace("{name}", name)


def _kind(type_name: str, section: str, template: str, *native: str) -> Kind:
    return Kind(type_name, section, template, frozenset(native or (type_name,)))


def _list(type_name: str, section: str, rest: str, *native: str, key: str = "binding") -> Kind:
    lines = f'[[{section}]]\n{key} = "{{name}}"'
    return _kind(type_name, section, f"{lines}\n{rest}" if rest else lines, *native)


def _one(type_name: str, section: str, rest: str = "", *native: str) -> Kind:
    lines = f'[{section}]\nbinding = "{{name}}"'
    return _kind(type_name, section, f"{lines}\n{rest}" if rest else lines, *native)


KINDS: Final[dict[str, Kind]] = {
    "ai": _one("Ai", "ai"),
    "analytics_engine": _list(
        "AnalyticsEngineDataset", "analytics_engine_datasets", 'dataset = "…"', "AnalyticsEngine"
    ),
    "assets": _one("Fetcher", "assets", 'directory = "./public"'),
    "browser": _one("Fetcher", "browser"),
    "bucket": _list("R2Bucket", "r2_buckets", 'bucket_name = "…"'),
    "d1": _list(
        "D1Database",
        "d1_databases",
        'database_name = "…"\ndatabase_id = "…"',
        "D1Database",
        "BetaDatabase",
    ),
    "durable_object": _list(
        "DurableObjectNamespace", "durable_objects.bindings", 'class_name = "…"', key="name"
    ),
    "dynamic_dispatcher": _list(
        "DynamicDispatcher", "dispatch_namespaces", 'namespace = "…"', "DispatchNamespace"
    ),
    "hyperdrive": _list("Hyperdrive", "hyperdrive", 'id = "…"'),
    "images": _one("ImagesBinding", "images"),
    "kv": _list("KvNamespace", "kv_namespaces", 'id = "…"'),
    "mtls": _list("Fetcher", "mtls_certificates", 'certificate_id = "…"'),
    "object_var": _kind("Object", "vars", '[vars]\n{name} = { key = "value" }'),
    "pipeline": _list("Pipeline", "pipelines", 'pipeline = "…"', "Fetcher"),
    "queue": _list("WorkerQueue", "queues.producers", 'queue = "…"'),
    "rate_limiter": _list(
        "Ratelimit",
        "ratelimits",
        'namespace_id = "1"\nsimple = { limit = 10, period = 60 }',
        key="name",
    ),
    "secret": _kind(
        "String", "secrets", "# npx wrangler secret put {name}; locally, in .dev.vars:\n{name}=…"
    ),
    "secret_store": _list("Fetcher", "secrets_store_secrets", 'store_id = "…"\nsecret_name = "…"'),
    "send_email": _list("SendEmail", "send_email", "", "Fetcher", key="name"),
    "service": _list("Fetcher", "services", 'service = "…"'),
    "var": _kind("String", "vars", '[vars]\n{name} = "…"'),
    "vectorize": _list("Vectorize", "vectorize", 'index_name = "…"'),
    "version_metadata": _one("WorkerVersionMetadata", "version_metadata", "", "Object"),
    "worker_loader": _list("WorkerLoader", "worker_loaders", ""),
    "workflow": _list("Workflow", "workflows", 'name = "…"\nclass_name = "…"'),
}
"""By the name of the `Env` method that gives such a binding."""

# Names that the runtime itself gives to one kind of object and to nothing else.
_NATIVE: Final = frozenset(
    {
        "BetaDatabase",
        "D1Database",
        "DurableObjectNamespace",
        "Fetcher",
        "KvNamespace",
        "Number",
        "Boolean",
        "R2Bucket",
        "Ratelimit",
        "String",
        "WorkerQueue",
    }
)

# A plain object is what a test puts in the place of a product; here it would be none.
_NEVER_PLAIN: Final = frozenset({"secret", "var"})


def refuted(accessor: str, found: str) -> bool:
    """Whether an object whose constructor is named `found` cannot be what `accessor` promises.

    Args:
        accessor: a key of `KINDS`.
        found: the object's `constructor.name`.
    """
    if found in KINDS[accessor].native:
        return False
    if accessor in _NEVER_PLAIN:
        return True
    if accessor == "object_var" and found in {"Number", "Boolean"}:
        return False
    return found in _NATIVE


def accessors(found: str) -> list[str]:
    """The accessors that may give an object whose constructor is named `found`."""
    if found in {"Number", "Boolean"}:
        return ["object_var"]
    return [accessor for accessor, kind in KINDS.items() if found in kind.native]
