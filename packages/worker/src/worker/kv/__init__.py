"""Workers KV: text, bytes and JSON under string keys, read everywhere, written once in a while.

Source: workers-rs `kv`; https://developers.cloudflare.com/kv/api/
"""

from worker.kv.data import Key, ListResult, ValueWithMetadata
from worker.kv.store import KvStore

__all__ = ["Key", "KvStore", "ListResult", "ValueWithMetadata"]
