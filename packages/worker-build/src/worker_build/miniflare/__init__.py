"""Miniflare, driven from Python: the real one, with the real workerd, on loopback.

with Miniflare.from_project(".") as mf:
    assert mf.fetch("/hello").text == "hello"
    mf.kv("CACHE").put("key", "value")
"""

from worker_build.miniflare.bindings import (
    D1,
    R2,
    Kv,
    KvKey,
    KvList,
    Queue,
    QueueMessage,
    R2Object,
    Secret,
)
from worker_build.miniflare.durable import DurableObjects
from worker_build.miniflare.errors import (
    ConfigError,
    Gone,
    JsError,
    MiniflareError,
    MissingBinding,
    StartError,
)
from worker_build.miniflare.instance import Miniflare
from worker_build.miniflare.logs import LogLine, Logs
from worker_build.miniflare.mocks import EchoSocket, Mock, MockRequest, Reply

__all__ = [
    "D1",
    "R2",
    "ConfigError",
    "DurableObjects",
    "EchoSocket",
    "Gone",
    "JsError",
    "Kv",
    "KvKey",
    "KvList",
    "LogLine",
    "Logs",
    "Miniflare",
    "MiniflareError",
    "MissingBinding",
    "Mock",
    "MockRequest",
    "Queue",
    "QueueMessage",
    "R2Object",
    "Reply",
    "Secret",
    "StartError",
]
