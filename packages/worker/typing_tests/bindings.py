"""What type checkers infer for bindings: checked by pyright, never run."""

from dataclasses import dataclass
from typing import Any, assert_type

from worker.ai import Ai
from worker.d1 import D1Database, D1Result
from worker.durable import DurableObject
from worker.durable.namespace import ObjectNamespace
from worker.env import Env
from worker.kv import KvStore
from worker.kv.data import ListResult, ValueWithMetadata
from worker.queue import Message, MessageBatch
from worker.service import Fetcher
from worker.streams import ByteStream
from worker.version_metadata import WorkerVersionMetadata


@dataclass
class Order:
    id: int


class Room(DurableObject):
    async def join(self, name: str) -> int:
        return 1


async def kv(store: KvStore) -> None:
    assert_type(await store.get("k"), str | None)
    assert_type(await store.get("k", bytes), bytes | None)
    assert_type(await store.get("k", ByteStream), ByteStream | None)
    assert_type(await store.get("k", Order), Order | None)
    assert_type(await store.get("k", list[Order]), list[Order] | None)
    assert_type(await store.get("k", Order | int), Order | int | None)
    assert_type(await store.get_many(["k"]), dict[str, str | None])
    assert_type(await store.get_many(["k"], Order), dict[str, Order | None])
    assert_type(await store.get_with_metadata("k", bytes, Order), ValueWithMetadata[bytes, Order])
    assert_type(await store.list(Order), ListResult[Order])
    async for key in store.keys(Order):
        assert_type(key.metadata, Order | None)


async def d1(db: D1Database) -> None:
    statement = db.query("SELECT 1")
    assert_type(await statement.first(), dict[str, Any] | None)
    assert_type(await statement.first(Order), Order | None)
    assert_type(await statement.first(int, column="id"), int | None)
    assert_type(await statement.all(Order), D1Result[Order])
    assert_type(await statement, D1Result[dict[str, Any]])
    assert_type(await statement.raw(tuple[int, str]), list[tuple[int, str]])
    assert_type(await db.batch([statement], Order), list[D1Result[Order]])
    for row in await statement.all(Order):
        assert_type(row, Order)


def queue(batch: MessageBatch) -> None:
    assert_type(batch.messages(Order), list[Message[Order]])
    for message in batch.messages(Order):
        assert_type(message.body, Order)


async def env(env: Env) -> None:
    assert_type(env.object_var("X", list[int]), list[int])
    assert_type(env.get_binding("X", WorkerVersionMetadata), WorkerVersionMetadata)
    assert_type(env.durable_object("X", Room), ObjectNamespace[Room])
    assert_type(env.service("X"), Fetcher)
    assert_type(env.service("X").rpc(Room), Room)
    assert_type(env.var("X"), str)


async def ai(models: Ai) -> None:
    assert_type(await models.run("@cf/x", {}, Order), Order)
    async for piece in models.run_stream("@cf/x", {}, Order):
        assert_type(piece, Order)
