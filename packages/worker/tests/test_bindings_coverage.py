"""Every method and every field of the published types is wrapped, or says why it is not.

The types are those of `@cloudflare/workers-types`, of the version that the toolchain pins. A member
counts as wrapped when the module of its binding names it, as JavaScript spells it.
"""

import re
from functools import cache
from pathlib import Path

import pytest
import worker

SOURCES = Path(worker.__file__).parent

# Interface of workers-types: where it is wrapped, and its members that are not, with the reason.
WRAPPED: dict[str, tuple[str, dict[str, str]]] = {
    "KVNamespace": ("kv", {}),
    "KVNamespaceListOptions": ("kv", {}),
    "KVNamespaceGetOptions": ("kv", {}),
    "KVNamespacePutOptions": ("kv", {}),
    "KVNamespaceGetWithMetadataResult": ("kv", {}),
    "KVNamespaceListKey": ("kv", {}),
    "D1Database": ("d1", {}),
    "D1DatabaseSession": ("d1", {}),
    "D1PreparedStatement": ("d1", {}),
    "D1Meta": ("d1", {}),
    "D1ExecResult": ("d1", {}),
    "R2Bucket": ("r2", {}),
    "R2Object": ("r2", {}),
    "R2ObjectBody": ("r2", {"bytes": "arrayBuffer gives the same"}),
    "R2GetOptions": ("r2", {}),
    "R2PutOptions": ("r2", {}),
    "R2ListOptions": ("r2", {}),
    "R2MultipartOptions": ("r2", {}),
    "R2MultipartUpload": ("r2", {}),
    "R2UploadPartOptions": ("r2", {}),
    "R2UploadedPart": ("r2", {}),
    "R2Conditional": ("r2", {}),
    "R2HTTPMetadata": ("r2", {}),
    "R2Checksums": ("r2", {"toJSON": "the digests are bytes, whose hex() is the same text"}),
    "Queue": ("queue", {}),
    "QueueSendOptions": ("queue", {}),
    "QueueSendBatchOptions": ("queue", {}),
    "QueueMetrics": ("queue", {}),
    "MessageSendRequest": ("queue", {}),
    "QueueRetryOptions": ("queue", {}),
    "Message": ("queue", {}),
    "MessageBatch": ("queue", {}),
    "AnalyticsEngineDataset": ("analytics_engine", {}),
    "AnalyticsEngineDataPoint": ("analytics_engine", {}),
    "RateLimit": ("rate_limit", {}),
    "RateLimitOutcome": ("rate_limit", {}),
    "SecretsStoreSecret": ("secret_store", {}),
    "Hyperdrive": ("hyperdrive", {}),
    "Ai": ("ai", {}),
    "AiOptions": ("ai", {}),
    "AiModelsSearchParams": ("ai", {}),
    "AiModelsSearchObject": ("ai", {}),
    "GatewayOptions": ("ai", {}),
    "GatewayRetries": ("ai", {}),
    "AiGateway": ("ai", {}),
    "AiGatewayPatchLog": ("ai", {}),
    "AIGatewayUniversalRequest": ("ai", {}),
    "ConversionRequestOptions": ("ai", {}),
    "Vectorize": ("vectorize", {}),
    "VectorizeQueryOptions": ("vectorize", {}),
    "VectorizeVector": ("vectorize", {}),
    "VectorizeIndexInfo": ("vectorize", {}),
    "VectorizeAsyncMutation": ("vectorize", {}),
    "ImagesBinding": ("images", {}),
    "ImageTransformer": ("images", {}),
    "ImageTransformationResult": ("images", {}),
    "ImageOutputOptions": ("images", {}),
    "ImageDrawOptions": ("images", {}),
    "ImageTransform": ("images", {}),
    "HostedImagesBinding": ("images", {}),
    "ImageHandle": ("images", {}),
    "ImageUploadOptions": ("images", {}),
    "ImageUpdateOptions": ("images", {}),
    "ImageListOptions": ("images", {}),
    "ImageMetadata": ("images", {}),
    "BrowserRun": ("browser", {}),
    "DispatchNamespace": ("dispatch", {}),
    "DynamicDispatchOptions": ("dispatch", {}),
    "DynamicDispatchLimits": ("dispatch", {}),
    "WorkerLoader": ("dispatch", {}),
    "WorkerLoaderModule": ("dispatch", {}),
    "WorkerLoaderWorkerCode": ("dispatch", {}),
    "WorkerStub": ("dispatch", {}),
    "WorkerStubEntrypointOptions": ("dispatch", {}),
    "WorkerVersionMetadata": ("version_metadata", {}),
    "SendEmail": ("email", {}),
    "EmailReplyMessageBuilder": ("email", {}),
    "ExecutionContext": (
        "context",
        {"tracing": "spans last as long as a callback: no Python shape for them yet"},
    ),
    "CachePurgeOptions": ("context", {}),
    "DurableObjectNamespace": ("durable", {}),
    "DurableObjectStub": ("durable", {}),
    "DurableObjectState": ("durable", {"waitUntil": "`Context.wait_until`, which it calls"}),
    "DurableObjectStorage": ("durable", {}),
    "DurableObjectTransaction": ("durable", {}),
    "DurableObjectId": ("durable", {"equals": "`==`, by the digits"}),
    "DurableObjectFacets": ("durable", {}),
    "SqlStorage": ("durable", {"Cursor": "a class", "Statement": "a class, with no use yet"}),
    "SqlStorageCursor": ("durable", {}),
    "SyncKvStorage": ("durable", {}),
    "Container": ("durable", {}),
    "ContainerExecOptions": ("durable", {}),
    "ContainerStartupOptions": ("durable", {}),
    "ContainerSnapshot": ("durable", {}),
    "ContainerDirectorySnapshot": ("durable", {}),
    "ContainerDirectorySnapshotRestoreParams": ("durable", {}),
    "ExecProcess": ("durable", {}),
    "ExecOutput": ("durable", {}),
    "Workflow": ("workflow", {}),
    "WorkflowInstance": ("workflow", {}),
    "WorkflowInstanceCreateOptions": ("workflow", {}),
    "WorkflowInstanceTerminateOptions": ("workflow", {}),
    "WorkflowInstanceRestartOptions": ("workflow", {}),
    "InstanceStatus": ("workflow", {}),
    "CloudflareAccessContext": ("context", {}),
}

THROUGH_RPC = (
    "AiSearchNamespace",
    "Artifacts",
    "AutoRAG",
    "Flagship",
    "MediaBinding",
    "StreamBinding",
    "WebSearch",
)
"""Products without a class here yet: `env.get_binding(name, RpcStub)` calls their methods by their
own names, with Python values."""


@cache
def types() -> str:
    from worker_build import toolchain

    text = (toolchain.install().package("@cloudflare/workers-types") / "index.d.ts").read_text()
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)


def members(name: str) -> set[str]:
    """The names of an interface's own members; those of objects inside it are not among them."""
    head = re.search(
        rf"^(?:declare )?(?:abstract )?(?:interface|class|type) {name}\b[^{{;]*\{{",
        types(),
        re.MULTILINE,
    )
    assert head is not None, f"workers-types has no {name}: see what became of it"
    depth, start, statements = 1, head.end(), []
    for at in range(head.end(), len(types())):
        match types()[at]:
            case "{" | "(" | "<" | "[":
                depth += 1
            case "}" | ")" | "]":
                depth -= 1
            case ">" if types()[at - 1] != "=":
                depth -= 1
            case ";" if depth == 1:
                statements.append(types()[start:at])
                start = at + 1
        if depth == 0:
            break
    found = (
        re.match(r"\s*(?:public |readonly |get |abstract )*(\w+)\s*[?(<:]", each)
        for each in statements
    )
    return {match[1] for match in found if match and match[1] != "constructor"}


@cache
def source(module: str) -> str:
    folder = SOURCES / module
    files = sorted(folder.glob("*.py")) if folder.is_dir() else [SOURCES / f"{module}.py"]
    inherited = [SOURCES / "service.py", SOURCES / "fetch.py"] if module == "browser" else []
    return "\n".join(path.read_text() for path in [*files, *inherited])


@pytest.mark.parametrize("interface", sorted(WRAPPED))
def test_every_member_is_wrapped_or_says_why_not(interface: str):
    module, left_out = WRAPPED[interface]
    published = members(interface)
    assert published, f"no members were found in {interface}"
    missing = {name for name in published if not re.search(rf"\b{name}\b", source(module))}
    assert missing <= set(left_out), f"{interface}: {sorted(missing - set(left_out))} in {module}"
    assert set(left_out) <= published, f"{interface}: a reason for what does not exist"


@pytest.mark.parametrize("product", THROUGH_RPC)
def test_products_without_a_class_still_exist(product: str):
    assert members(product)
